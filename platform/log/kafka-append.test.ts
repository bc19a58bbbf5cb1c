import { expect, it } from 'vitest';
import { ManualClock } from '#platform/clock/manual-clock.testing.ts';
import { createMetrics } from '#platform/metrics/metrics.ts';
import { measureQueue } from '#platform/metrics/queue.ts';
import { kafkaAppender } from './kafka-append.ts';
import { sizeInBatch } from './kafka-batch.ts';
import { measuredHeaders } from './kafka-headers.ts';

const MEBIBYTE = 1024 * 1024;

/** A record of so many bytes in all. */
const recordOf = (bytes: number) => ({ key: 'k', value: 'v'.repeat(bytes - sizeInBatch(1, 0, measuredHeaders())), timestamp_ms: 0 });

it('refuses records while more than 64 MiB wait for Kafka, and shows how many bytes do', async () => {
  const answer = Promise.withResolvers<void>();
  let sent = 0;
  const producer = { send: () => (sent++ === 0 ? Promise.resolve() : answer.promise), close: async () => undefined };
  const appender = kafkaAppender({ clock: new ManualClock(), settings: {} }, async () => 1, producer);
  const metrics = createMetrics();
  measureQueue(appender.queue, metrics.log, metrics);
  const shown = async () => {
    const rendered = await metrics.render();
    expect(rendered).toContain(`kaiseki_log_queue_limit_bytes ${64 * MEBIBYTE}\n`);
    return Number(/^kaiseki_log_queue_bytes (\d+)$/m.exec(rendered)?.[1]);
  };
  await appender.append('t', [recordOf(100)]);
  expect(await shown()).toBe(0);
  const full = appender.append('t', Array(64).fill(recordOf(MEBIBYTE)));
  expect(await shown()).toBe(64 * MEBIBYTE);
  // What waits is not yet above the limit.
  const last = appender.append('t', [recordOf(100)]);
  expect(await shown()).toBe(64 * MEBIBYTE + 100);
  await expect(appender.append('t', [recordOf(100)])).rejects.toMatchObject({ cause: { message: 'too many records wait for Kafka' } });
  answer.resolve();
  await Promise.all([full, last]);
  expect(await shown()).toBe(0);
  await appender.append('t', [recordOf(100)]);
  await appender.close();
});
