import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '#platform/clock/manual-clock.testing.ts';
import { createMetrics } from '#platform/metrics/metrics.ts';
import { measureQueue } from '#platform/metrics/queue.ts';
import { kafkaAppender } from './kafka-append.ts';
import { sizeInBatch } from './kafka-batch.ts';
import { measuredHeaders } from './kafka-headers.ts';
import type { SafeProducer } from './kafka-producer.ts';
import { AppendFailed } from './log.ts';
import { partitionOf } from './partition.ts';

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
  const full = appender.append('t', Array(128).fill(recordOf(MEBIBYTE / 2)));
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

/** What one `send` was asked to store, by value. */
interface Sent {
  readonly partition: number;
  readonly values: readonly string[];
  readonly deadline_ms: number;
}

/** An appender of a topic with two partitions, whose producer answers as the test says. Its first request has gone well. */
async function given(answer: (sent: Sent) => void) {
  const clock = new ManualClock();
  const sent: Sent[] = [];
  const producer: SafeProducer = {
    async send(_, partition, records, deadline_ms) {
      const request = { partition, values: records.map(({ value }) => String(value)), deadline_ms };
      sent.push(request);
      await turn();
      answer(request);
    },
    close: async () => undefined,
  };
  const { append, queue } = kafkaAppender({ clock, settings: {} }, async () => 2, producer);
  /** Appends records of one key; resolves with the values whose fate is unknown. */
  async function unknownOf(values: readonly string[], partition = 0): Promise<readonly string[]> {
    const key = KEYS.find((one) => partitionOf(one, 2) === partition) ?? '';
    try {
      await append(
        't',
        values.map((value) => ({ key, value, timestamp_ms: 0 })),
      );
      return [];
    } catch (error) {
      if (!(error instanceof AppendFailed)) throw error;
      return values.filter((_, index) => error.indexes.has(index));
    }
  }
  await unknownOf(['first']);
  return { clock, sent, queue, unknownOf };
}

const KEYS = ['a', 'b', 'c', 'd'];
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const valuesOf = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}${index}`);

describe('a batch whose fate is unknown', () => {
  it('ends its calls in its partition: nothing behind it is sent, but for other calls and other partitions', async () => {
    const { unknownOf, sent, queue } = await given(({ values }) => {
      if (values.includes('b500')) throw new Error('no answer');
    });
    const [a, b, c] = [valuesOf('a', 100), valuesOf('b', 1_600), valuesOf('c', 700)];
    const unknown = await Promise.all([unknownOf(a), unknownOf(b), unknownOf(c), unknownOf(['elsewhere'], 1)]);
    expect(unknown).toEqual([[], b.slice(400), [], []]);
    const of = (partition: number) => sent.slice(1).flatMap((each) => (each.partition === partition ? [each.values] : []));
    expect(of(0)).toEqual([[...a, ...b.slice(0, 400)], b.slice(400, 900), c.slice(0, 300), c.slice(300)]);
    expect(of(1)).toEqual([['elsewhere']]);
    expect(queue.waiting()).toBe(0);
  });

  it('does not take the time of calls that came later', async () => {
    let late: Promise<readonly string[]> | undefined;
    const { unknownOf, sent, clock } = await given(({ values, deadline_ms }) => {
      if (!values.includes('early0')) return;
      late = unknownOf(['late']);
      clock.advance(deadline_ms - clock.monotonic_ms());
      throw new Error('no answer');
    });
    const early = unknownOf(valuesOf('early', 700));
    clock.advance(10_000);
    expect(await early).toHaveLength(700);
    expect(await late).toEqual([]);
    expect(sent.slice(2)).toMatchObject([{ values: ['late'] }]);
  });

  it('leaves, of each call in each partition, its first records in the log, whatever fails and whatever is stored all the same', async () => {
    const someRecords = fc.record({ key: fc.constantFrom('a', 'b', 'c'), count: fc.nat({ max: 700 }) });
    const someCalls = fc.array(fc.array(someRecords, { maxLength: 4 }), { minLength: 1, maxLength: 6 });
    const answers = fc.array(fc.constantFrom('stored', 'stored', 'failed', 'failed, yet stored'), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(someCalls, answers, async (calls, answersOf) => {
        const stored: string[] = [];
        let requests = 0;
        const producer: SafeProducer = {
          async send(_, partition, records) {
            const answer = answersOf[requests++ % answersOf.length];
            await turn();
            if (answer !== 'failed') stored.push(...records.map(({ value }) => `${partition} ${value}`));
            if (answer !== 'stored') throw new Error('no answer');
          },
          close: async () => undefined,
        };
        const { append, queue } = kafkaAppender({ clock: new ManualClock(), settings: {} }, async () => 2, producer);
        const appended = calls.map((parts, call) => {
          const records = parts.flatMap(({ key, count }) => Array<string>(count).fill(key));
          return records.map((key, index) => ({ key, value: `${call} ${index}`, timestamp_ms: 0 }));
        });
        const unknown = await Promise.all(
          appended.map((records) =>
            append('t', records).then(
              () => new Set<number>(),
              ({ indexes }: AppendFailed) => indexes,
            ),
          ),
        );
        for (const [call, records] of appended.entries()) {
          for (const partition of [0, 1]) {
            const mine = [...records.keys()].filter((index) => partitionOf(records[index]?.key ?? '', 2) === partition);
            const found = stored.filter((each) => each.startsWith(`${partition} ${call} `)).map((each) => Number(each.split(' ')[2]));
            expect(found).toEqual(mine.slice(0, found.length));
            const known = mine.filter((index) => !unknown[call]?.has(index));
            expect(known).toEqual(found.slice(0, known.length));
          }
        }
        expect(queue.waiting()).toBe(0);
      }),
    );
  });
});
