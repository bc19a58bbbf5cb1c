import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { openEmbeddedLog } from './embedded.ts';
import { withPrefix } from './prefix.ts';

it('keeps topics and groups under their long names, which it tells to operators', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'kaiseki-prefix-'));
  const log = await openEmbeddedLog({ directory, clock: systemClock });
  onTestFinished(async () => {
    await log.close();
    await rm(directory, { recursive: true });
  });
  const green = withPrefix(log, 'green-');
  expect(await green.createTopics([{ name: 'orders', partitions: 1, cleanup: 'delete', retention_ms: -1, purpose: 'a test' }])).toEqual([
    'orders',
  ]);
  await green.append('orders', [{ key: 'u', value: 'v', timestamp_ms: 0 }]);
  await green.rewind('orders', 'counter', 1);
  expect(green.nameOf('orders')).toBe('green-orders');
  expect(await log.lag(green.nameOf('orders'), green.nameOf('counter'))).toMatchObject([{ groupOffset: 1, endOffset: 1 }]);
  expect(withPrefix(log, '').nameOf('orders')).toBe('orders');
});
