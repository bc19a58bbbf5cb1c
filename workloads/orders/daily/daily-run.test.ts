import { describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { ManualClock } from '#platform/clock/manual-clock.testing.ts';
import type { Log } from '#platform/log/log.ts';
import { put, remove } from '#platform/tables/tables.ts';
import type { Platform } from '../../workload.ts';
import { figuresOf } from '../measures.ts';
import type { Order } from '../order.ts';
import { type LoggedOrder, ordersOfLogPage } from '../order-pages.ts';
import { COUNTER_GROUP, ORDERS_FOLD } from '../orders-fold.ts';
import { openOrders, orderOf, recordOf, untilCounted, withCounter } from '../orders-model.testing.ts';
import { chunkOf, dailySummary, dayChunks, orderLog, placeOf } from '../tables.ts';
import { ORDER_LOGS } from '../topics.ts';
import { findDaysDue, runDaily } from './daily-run.ts';

/** Noon of 15 January in Tokyo. */
const NOON_MS = Date.parse('2026-01-15T03:00:00Z');
const NONE = { washoku: 0, yoshoku: 0, kinoko: 0, takenoko: 0 };

/** Six days of orders, two thousand of them yesterday, more than a page of one shard. */
function history(): Order[] {
  const orders: Order[] = [];
  for (let order = 0; order < 2_000; order++) {
    orders.push(orderOf(`user-${order % 9}`, order % 4 === 0 ? 'yoshoku' : 'washoku', '2026-01-13T15:00:00Z', `yesterday-${order}`));
  }
  for (let user = 0; user < 30; user++) {
    orders.push(orderOf(`user-${user}`, 'kinoko', '2026-01-13T14:59:59.999Z'), orderOf(`user-${user}`, 'kinoko', '2026-01-14T15:00:00Z'));
    orders.push(orderOf(`user-${user}`, 'takenoko', '2025-12-31T14:00:00Z'));
  }
  return orders;
}

/** A platform that has counted the history, and whose clock stands still at noon. */
async function counted(): Promise<Platform> {
  const platform = await openOrders({ ...systemClock, now_ms: () => NOON_MS });
  await count(platform, history());
  return platform;
}

async function count(platform: Platform, orders: readonly Order[]): Promise<void> {
  await platform.log.append(ORDER_LOGS, orders.map(recordOf));
  await withCounter(platform, () => untilCounted(platform));
}

async function summaryOf({ tables }: Platform, day: string): Promise<Record<string, number>> {
  const { rows } = await tables.page(dailySummary, { within: { month: day.slice(0, 7), order_date: day }, limit: 100 });
  return Object.fromEntries(rows.map(({ segment, total_count }) => [segment, total_count]));
}

async function metric({ metrics }: Platform, name: string): Promise<string | undefined> {
  return (await metrics.render())
    .split('\n')
    .find((line) => line.startsWith(name))
    ?.slice(name.length + 1);
}

/** A page of the order log, and an order of yesterday on it. */
async function anyPage({ tables, settings }: Platform) {
  const { shard } = placeOf('user-1', settings.orders.layout);
  const { rows } = await tables.page(orderLog, { within: { shard, chunk: 0 }, limit: 1_000 });
  for (const page of rows) {
    const order = ordersOfLogPage(page).find(({ ts }) => ts === Date.parse('2026-01-13T15:00:00Z'));
    if (order) return { page, order };
  }
  throw new Error('no order of yesterday in that shard');
}

/** The page with its orders changed, as a mutation of a version that stands above it. */
function rewritten({ page }: Awaited<ReturnType<typeof anyPage>>, change: (orders: readonly LoggedOrder[]) => readonly LoggedOrder[]) {
  const orders = change(ordersOfLogPage(page)).map(({ offset, user_id, ts, menu_type, order_id }) => [
    offset,
    user_id,
    ts,
    menu_type,
    order_id,
  ]);
  return put(orderLog, { ...page, orders: JSON.stringify(orders) }, page.offset + 1);
}

describe('runDaily', () => {
  it('recounts yesterday and every earlier day without a summary, by days of the time zone; again, only yesterday, to the same', async () => {
    const platform = await counted();
    const report = await runDaily(platform);
    expect(report.days).toEqual([
      { date: '2025-12-31', totals: { ...NONE, takenoko: 30 }, drift: 0 },
      { date: '2026-01-13', totals: { ...NONE, kinoko: 30 }, drift: 0 },
      { date: '2026-01-14', totals: { ...NONE, washoku: 1_500, yoshoku: 500 }, drift: 0 },
    ]);
    expect(report).toMatchObject({ time_zone: 'Asia/Tokyo', drift: 0, differences: [] });
    expect(await summaryOf(platform, '2026-01-14')).toEqual({ ...NONE, washoku: 1_500, yoshoku: 500 });
    expect(await summaryOf(platform, '2025-12-31')).toEqual({ ...NONE, takenoko: 30 });
    expect(await summaryOf(platform, '2026-01-15')).toEqual({});
    expect(await metric(platform, 'kaiseki_daily_runs_total{outcome="success"}')).toBe('1');
    expect(await metric(platform, 'kaiseki_audit_drift_orders{fold="orders"}')).toBe('0');
    expect(Number(await metric(platform, 'kaiseki_daily_last_success_timestamp_seconds'))).toBe(NOON_MS / 1_000);

    const again = await runDaily(platform);
    expect(again.days).toEqual(report.days.slice(-1));
    expect(await summaryOf(platform, '2026-01-14')).toEqual(report.days.at(-1)?.totals);
  });

  it('finds late orders of days long past', async () => {
    const platform = await counted();
    await runDaily(platform);
    const { signal } = new AbortController();
    expect(await findDaysDue(platform, signal)).toEqual([]);
    await count(platform, [orderOf('late', 'yoshoku', '2025-12-31T14:30:00Z'), orderOf('late', 'yoshoku', '2026-01-09T00:00:00Z')]);
    expect(await findDaysDue(platform, signal)).toEqual(['2025-12-31', '2026-01-09']);
    const report = await runDaily(platform);
    expect(report.days.map(({ date }) => date)).toEqual(['2025-12-31', '2026-01-09', '2026-01-14']);
    expect(await summaryOf(platform, '2025-12-31')).toEqual({ ...NONE, yoshoku: 1, takenoko: 30 });
    expect(await findDaysDue(platform, signal)).toEqual([]);
  });

  it('recounts the days that it is told to, those without orders included', async () => {
    const platform = await counted();
    const report = await runDaily(platform, { range: { from: '2026-01-11', to: '2026-01-15' } });
    expect(report.days.map(({ date, totals }) => [date, totals.kinoko])).toEqual([
      ['2026-01-11', 0],
      ['2026-01-12', 0],
      ['2026-01-13', 30],
      ['2026-01-14', 0],
      ['2026-01-15', 30],
    ]);
    expect(await summaryOf(platform, '2026-01-11')).toEqual(NONE);
  });

  it('writes yesterday’s zeros before anything was ordered', async () => {
    const platform = await openOrders({ ...systemClock, now_ms: () => NOON_MS });
    expect((await runDaily(platform)).days).toEqual([{ date: '2026-01-14', totals: NONE, drift: 0 }]);
    expect(await summaryOf(platform, '2026-01-14')).toEqual(NONE);
  });

  it('carries the sum of the next_offsets as version: a run that saw fewer orders cannot overwrite it', async () => {
    const platform = await counted();
    await runDaily(platform);
    const version = history().length;
    const row = { month: '2026-01', order_date: '2026-01-14', segment: 'washoku', total_count: 7, computed_at: 0 };
    await platform.tables.write([put(dailySummary, row, version - 1)]);
    expect((await summaryOf(platform, '2026-01-14')).washoku).toBe(1_500);
    await platform.tables.write([put(dailySummary, row, version + 1)]);
    expect((await summaryOf(platform, '2026-01-14')).washoku).toBe(7);
  });

  it('counts an order once that stands on the pages of two owners', async () => {
    const platform = await counted();
    const { page, order } = await anyPage(platform);
    const again = JSON.stringify([[order.offset, order.user_id, order.ts, order.menu_type, order.order_id]]);
    await platform.tables.write([
      put(orderLog, { ...page, epoch: page.epoch + 1 }, page.offset),
      put(orderLog, { ...page, offset: order.offset, epoch: page.epoch + 2, orders: again }, order.offset),
    ]);
    const report = await runDaily(platform);
    expect(report.drift).toBe(0);
    expect(report.days.at(-1)?.totals).toEqual({ ...NONE, washoku: 1_500, yoshoku: 500 });
  });

  it('leaves out orders that were counted after it read the totals', async () => {
    const platform = await counted();
    const { shard, nextOffset } = await shardOf(platform, 'user-1');
    const { page, order } = await anyPage(platform);
    const later = { ...order, offset: nextOffset };
    await platform.tables.write([rewritten({ page, order }, (orders) => [...orders, later])]);
    const alone = JSON.stringify([[nextOffset, order.user_id, order.ts, order.menu_type, null]]);
    await platform.tables.write([put(orderLog, { ...page, shard, offset: nextOffset, orders: alone }, nextOffset)]);
    expect((await runDaily(platform)).drift).toBe(0);
  });
});

async function shardOf({ tables, settings }: Platform, userId: string) {
  const { shard } = placeOf(userId, settings.orders.layout);
  return { shard, ...(await tables.readShard({ fold: ORDERS_FOLD, shard }, 'every', 'serial')) };
}

describe('the audit', () => {
  it('finds an order that is missing from the order log, and says where', async () => {
    const platform = await counted();
    const found = await anyPage(platform);
    const { shard } = found.page;
    const { menu_type } = found.order;
    await platform.tables.write([rewritten(found, (orders) => orders.filter(({ offset }) => offset !== found.order.offset))]);
    const report = await runDaily(platform);
    expect(report.drift).toBe(1);
    expect(report.differences).toEqual([expect.objectContaining({ date: '2026-01-14', shard, segment: menu_type })]);
    expect(report.days.at(-1)).toMatchObject({ date: '2026-01-14', drift: 1 });
    expect(await metric(platform, 'kaiseki_audit_drift_orders{fold="orders"}')).toBe('1');
    expect(await metric(platform, 'kaiseki_daily_runs_total{outcome="drift"}')).toBe('1');
    expect(await metric(platform, 'kaiseki_daily_last_success_timestamp_seconds')).toBe('0');
  });

  it('finds an order too many in the order log', async () => {
    const platform = await counted();
    const found = await anyPage(platform);
    const changed = { ...found.order, menu_type: 'takenoko' };
    await platform.tables.write([
      rewritten(found, (orders) => orders.map((order) => (order.offset === found.order.offset ? changed : order))),
    ]);
    // One of its menu type too few, one takenoko too many.
    expect((await runDaily(platform)).drift).toBe(2);
  });

  it('finds a chunk that is missing from the days’ index', async () => {
    const platform = await counted();
    const { page } = await anyPage(platform);
    const { shard, offset } = page;
    await platform.tables.write([remove(dayChunks, { day: '2026-01-14', shard, chunk: chunkOf(offset) }, Number.MAX_SAFE_INTEGER)]);
    // The orders of that chunk are found all the same while another day that is recounted leads to it.
    expect((await runDaily(platform)).drift).toBe(0);
    expect((await runDaily(platform, { range: { from: '2026-01-14', to: '2026-01-14' } })).drift).toBeGreaterThan(100);
  });

  it('finds totals that were changed: of a day, and of all time', async () => {
    const platform = await counted();
    const { shard, epoch, nextOffset, totals } = await shardOf(platform, 'user-1');
    const changed = (period: string, more: number) => {
      const total = totals.find((one) => one.period === period && one.name === 'washoku');
      if (!total) throw new Error('that shard has no such total');
      return { ...total, figures: { ...total.figures, orders: figuresOf(total).orders + more } };
    };
    const tamper = (period: string, more = 5) =>
      platform.tables.commitShard(
        { fold: ORDERS_FOLD, shard },
        { epoch, base: nextOffset, next: nextOffset, totals: [changed(period, more)] },
      );
    expect(await tamper('all')).toEqual({ applied: true });
    const ofAll = await runDaily(platform);
    expect(ofAll).toMatchObject({ drift: 5, drift_all_time: 5 });
    expect(ofAll.differences).toEqual([expect.objectContaining({ date: 'all', shard, segment: 'washoku' })]);
    // A day that is wrong by as much: all time now equals its days, but the day does not equal its orders.
    await tamper('2026-01-14');
    const ofDay = await runDaily(platform);
    expect(ofDay).toMatchObject({ drift: 5, drift_all_time: 0 });
    expect(ofDay.differences).toEqual([expect.objectContaining({ date: '2026-01-14', shard, segment: 'washoku' })]);
    // All time as it was: one wrong day, which is not counted twice for showing in both.
    expect(await tamper('all', 0)).toEqual({ applied: true });
    expect(await runDaily(platform)).toMatchObject({ drift: 5, drift_all_time: 5 });
  });

  it('waits for the counter to have written the rows that its totals count, and gives up with the reason', async () => {
    const platform = await counted();
    await platform.log.rewind(ORDER_LOGS, COUNTER_GROUP, 0);
    const clock = new ManualClock(NOON_MS);
    const log: Pick<Log, 'lag' | 'nameOf'> = {
      lag: (topic, group) => platform.log.lag(topic, group),
      nameOf: (name) => `green-${name}`,
    };
    const hurried = { ...platform, log, clock: { ...bound(clock), sleep: async (duration_ms: number) => clock.advance(duration_ms) } };
    await expect(runDaily(hurried)).rejects.toThrow(/group green-counter did not reach.*shard 0 at 0 of \d+.*Is a counter running/);
    expect(await metric(platform, 'kaiseki_daily_runs_total{outcome="failure"}')).toBe('1');
    const report = runDaily(platform);
    await withCounter(platform, () => untilCounted(platform));
    expect((await report).drift).toBe(0);
  });

  it('refuses to recount under another time zone than the orders were counted in', async () => {
    const platform = await counted();
    const orders = { ...platform.settings.orders, timeZone: 'UTC' };
    await expect(runDaily({ ...platform, settings: { ...platform.settings, orders } })).rejects.toThrow(/KAISEKI_TIME_ZONE/);
  });

  it('ends early when it is aborted', async () => {
    const platform = await counted();
    await platform.log.rewind(ORDER_LOGS, COUNTER_GROUP, 0);
    const stopping = new AbortController();
    const report = runDaily(platform, { signal: stopping.signal });
    stopping.abort(new Error('stopping'));
    await expect(report).rejects.toThrow('stopping');
  });
});

function bound(clock: ManualClock) {
  return { now_ms: () => clock.now_ms(), monotonic_ms: () => clock.monotonic_ms() };
}
