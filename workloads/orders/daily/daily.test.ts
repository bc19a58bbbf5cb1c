import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { ManualClock } from '#platform/clock/manual-clock.testing.ts';
import type { Platform } from '../../workload.ts';
import { openOrders } from '../orders-model.testing.ts';
import { dailySummary } from '../tables.ts';
import { createDaily } from './daily.ts';

const NOON_MS = Date.parse('2026-01-15T03:00:00Z');
const HOUR_MS = 60 * 60_000;

async function daysWithSummary({ tables }: Platform): Promise<string[]> {
  const { rows } = await tables.page(dailySummary, { within: { month: '2026-01' }, limit: 1_000 });
  return [...new Set(rows.map(({ order_date }) => order_date))];
}

async function start(clock: ManualClock, change: (platform: Platform) => Platform = (platform) => platform) {
  const platform = await openOrders(clock);
  const daily = createDaily(change(platform));
  await daily.start(createServer());
  onTestFinished(() => daily.stop());
  return { platform, daily };
}

/** Moves time on in steps, so that whoever waits in between wakes up. */
async function pass(clock: ManualClock, duration_ms: number): Promise<void> {
  for (let passed_ms = 0; passed_ms < duration_ms; passed_ms += 60_000) {
    clock.advance(60_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

it('runs at the start when yesterday is missing, then every night at ten past midnight', async () => {
  const clock = new ManualClock(NOON_MS);
  const { platform, daily } = await start(clock);
  await expect.poll(() => daysWithSummary(platform)).toEqual(['2026-01-14']);
  await expect.poll(() => daily.readiness()[0]?.reason).toMatch(/recounted 1 day with a drift of 0/);
  await expect.poll(() => clock.sleeping).toBe(1);
  await pass(clock, 12 * HOUR_MS + 9 * 60_000);
  expect(await daysWithSummary(platform)).toEqual(['2026-01-14']);
  await pass(clock, 60_000);
  await expect.poll(() => daysWithSummary(platform)).toEqual(['2026-01-14', '2026-01-15']);
  await expect.poll(() => daily.readiness()[0]?.reason).toMatch(/2026-01-15T15:1/);
  await expect.poll(() => clock.sleeping).toBe(1);
  await pass(clock, 24 * HOUR_MS);
  await expect.poll(() => daysWithSummary(platform)).toEqual(['2026-01-14', '2026-01-15', '2026-01-16']);
});

it('does not run at the start when nothing is due', async () => {
  const clock = new ManualClock(NOON_MS);
  const { platform, daily } = await start(clock);
  await expect.poll(() => daily.readiness()[0]?.reason).toMatch(/recounted/);
  await daily.stop();
  const again = createDaily(platform);
  await again.start(createServer());
  onTestFinished(() => again.stop());
  await expect.poll(() => clock.sleeping).toBe(1);
  expect(again.readiness()).toEqual([{ name: 'daily', ready: true, reason: 'no run yet' }]);
});

it('tries again after a minute when the log does not answer', async () => {
  const clock = new ManualClock(NOON_MS);
  let refusals = 2;
  const { platform, daily } = await start(clock, (real) => ({
    ...real,
    log: {
      nameOf: (name) => real.log.nameOf(name),
      append: (topic, records) => real.log.append(topic, records),
      consume: (consumption) => real.log.consume(consumption),
      tail: (topic, handle) => real.log.tail(topic, handle),
      lag: async (topic, group) => {
        if (refusals-- > 0) throw new Error('no broker answers');
        return await real.log.lag(topic, group);
      },
      rewind: (topic, group, offset) => real.log.rewind(topic, group, offset),
      createTopics: (topics) => real.log.createTopics(topics),
      check: () => real.log.check(),
      close: () => real.log.close(),
    },
  }));
  await expect.poll(() => daily.readiness()[0]?.reason).toBe('the last run failed: no broker answers');
  expect(await daysWithSummary(platform)).toEqual([]);
  await expect
    .poll(async () => {
      await pass(clock, 60_000);
      return await daysWithSummary(platform);
    })
    .toEqual(['2026-01-14']);
});
