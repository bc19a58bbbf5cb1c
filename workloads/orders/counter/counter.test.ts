import { describe, expect, it } from 'vitest';
import { ask, serve } from '#platform/http/http.testing.ts';
import { boundLog } from '#platform/log/bound-log.testing.ts';
import type { Log, LogRecord } from '#platform/log/log.ts';
import { Random } from '#platform/random/random.ts';
import type { Platform } from '../../workload.ts';
import { Menu } from '../menu.ts';
import type { Order } from '../order.ts';
import { ordersOfLogPage } from '../order-pages.ts';
import { COUNTER_GROUP } from '../orders-fold.ts';
import { liveTotals, modelTotals, openOrders, orderOf, recordOf, untilCounted, withCounter } from '../orders-model.testing.ts';
import { orderLog, placeOf, segmentMembers, userCounts } from '../tables.ts';
import { ORDER_LOGS, ORDER_LOGS_REJECTED } from '../topics.ts';

/** Orders of 150 users, a fifth of them of one; one in twenty comes twice. */
function sampleOrders(seed: number, count: number, platform: Platform): Order[] {
  const random = new Random(seed);
  const orders: Order[] = [];
  while (orders.length < count) {
    const userId = random.chance(0.2) ? 'hot' : `user-${random.below(150)}`;
    const menuType = platform.settings.orders.menu.menuTypes[random.below(4)] as string;
    const ts_ms = Date.parse('2026-01-10T00:00:00Z') + random.below(4 * 86_400_000);
    const order: Order = { orderId: random.chance(0.5) ? `${seed}-${orders.length}` : null, userId, ts_ms, menuType };
    orders.push(order, ...(random.chance(0.05) ? [order] : []));
  }
  return orders;
}

const GARBAGE = [
  { key: 'user-1', value: 'not JSON', timestamp_ms: 0 },
  { key: 'user-2', value: new Uint8Array([0xff, 0x00, 0xfe]), timestamp_ms: 0 },
  { key: 'user-3', value: '{"user_id":"user-3","timestamp":"2026-01-10T00:00:00Z","menu_type":"pizza"}', timestamp_ms: 0 },
];

async function rowCounts({ tables, settings }: Platform): Promise<{ users: number; orders: number; members: number }> {
  const { shards, buckets } = settings.orders.layout;
  const counts = { users: 0, orders: 0, members: 0 };
  for (let bucket = 0; bucket < buckets; bucket++)
    counts.users += (await tables.page(userCounts, { within: { bucket }, limit: 10_000 })).rows.length;
  for (let shard = 0; shard < shards; shard++) {
    const pages = (await tables.page(orderLog, { within: { shard, chunk: 0 }, limit: 10_000 })).rows;
    counts.orders += new Set(pages.flatMap((page) => ordersOfLogPage(page).map(({ offset }) => offset))).size;
    for (const segment of settings.orders.menu.menuTypes) {
      counts.members += (await tables.page(segmentMembers, { within: { segment, shard }, limit: 10_000 })).rows.length;
    }
  }
  return counts;
}

describe('counter', () => {
  it('counts every order once: repetitions, garbage, a restart and a rewind to the beginning change nothing', async () => {
    const platform = await openOrders();
    const { log } = platform;
    const orders = sampleOrders(1, 3_000, platform);
    const rejected: LogRecord[] = [];
    const tail = await log.tail(ORDER_LOGS_REJECTED, (records) => rejected.push(...records));
    await log.append(ORDER_LOGS, [...orders.slice(0, 1_000).map(recordOf), ...GARBAGE, ...orders.slice(1_000, 2_000).map(recordOf)]);
    await withCounter(platform, () => untilCounted(platform));
    expect(await liveTotals(platform)).toEqual(modelTotals(orders.slice(0, 2_000), platform));
    await expect.poll(() => rejected.length).toBe(GARBAGE.length);

    await log.rewind(ORDER_LOGS, COUNTER_GROUP, 0);
    await log.append(ORDER_LOGS, orders.slice(2_000).map(recordOf));
    await withCounter(platform, () => untilCounted(platform));
    await tail.stop();
    const model = modelTotals(orders, platform);
    expect(await liveTotals(platform)).toEqual(model);
    const all = platform.settings.orders.menu.menuTypes.map((segment) => model.get(`all/${segment}`) ?? { orders: 0, users: 0 });
    expect(await rowCounts(platform)).toEqual({
      users: new Set(orders.map(({ userId }) => userId)).size,
      orders: all.reduce((sum, total) => sum + total.orders, 0),
      members: all.reduce((sum, total) => sum + total.users, 0),
    });
  });

  it('tells its lag in records before it has begun, and 0 when it has ended', async () => {
    const platform = await openOrders();
    const lag = async () => {
      const text = await platform.metrics.render();
      return [...text.matchAll(/^kaiseki_consumer_lag_records\{.*\} (\d+)$/gm)].reduce((sum, [, records]) => sum + Number(records), 0);
    };
    const orders = sampleOrders(2, 500, platform);
    await platform.log.append(ORDER_LOGS, orders.map(recordOf));
    const refuse = async () => {
      throw new Error('no broker answers');
    };
    await withCounter({ ...platform, log: { ...boundLog(platform.log), consume: refuse } }, async (counter) => {
      await expect.poll(lag).toBe(orders.length);
      expect(counter.readiness()).toEqual([expect.objectContaining({ name: 'counter', ready: false })]);
    });
    await withCounter(platform, () => untilCounted(platform));
    await withCounter(platform, async () => {
      await expect.poll(lag).toBe(0);
      expect(await platform.metrics.render()).toMatch(/^kaiseki_consumer_lag_seconds\{.*partition="0"\} 0$/m);
    });
  });

  it('serves the busiest users of the last minute', async () => {
    const platform = await openOrders();
    const orders = sampleOrders(3, 1_000, platform);
    await platform.log.append(ORDER_LOGS, orders.map(recordOf));
    await withCounter(platform, async (counter) => {
      await untilCounted(platform);
      const { url } = await serve(counter.routes);
      const body = (await ask(url, counter.routes, '/api/hot?limit=2')).json;
      const shard = placeOf('hot', platform.settings.orders.layout).shard;
      const model = modelTotals(
        orders.filter(({ userId }) => placeOf(userId, platform.settings.orders.layout).shard === shard),
        platform,
      );
      const all = platform.settings.orders.menu.menuTypes.reduce((sum, menuType) => sum + (model.get(`all/${menuType}`)?.orders ?? 0), 0);
      const hotModel = modelTotals(
        orders.filter(({ userId }) => userId === 'hot'),
        platform,
      );
      const hot = platform.settings.orders.menu.menuTypes.reduce(
        (sum, menuType) => sum + (hotModel.get(`all/${menuType}`)?.orders ?? 0),
        0,
      );
      expect(body).toMatchObject({
        hot: [{ shard, user_id: 'hot', orders: hot, share: hot / all }, ...Array.from({ length: 7 }, () => ({}))],
      });
      expect(body).toMatchObject({ shards: expect.arrayContaining([{ shard, orders: all }]) });
      expect((await ask(url, counter.routes, '/api/hot?limit=0')).status).toBe(422);
      const text = await platform.metrics.render();
      expect(text).toContain(`kaiseki_fold_busiest_key_ratio{fold="orders",shard="${shard}"} ${hot / all}\n`);
    });
  });

  it('refuses a menu that lost a menu type: not ready, with the reason, and nothing is counted', async () => {
    const platform = await openOrders();
    await platform.log.append(ORDER_LOGS, [recordOf(orderOf('u', 'washoku', '2026-01-10T00:00:00Z'))]);
    await withCounter(platform, () => untilCounted(platform));
    const before = await liveTotals(platform);
    const { orders } = platform.settings;
    const menu = new Menu({ dimensions: orders.menu.dimensions.slice(0, 1) });
    await platform.log.append(ORDER_LOGS, [recordOf(orderOf('u', 'yoshoku', '2026-01-10T00:00:00Z'))]);
    await withCounter({ ...platform, settings: { ...platform.settings, orders: { ...orders, menu } } }, async (counter) => {
      await expect.poll(() => counter.readiness().filter(({ ready }) => !ready).length).toBe(4);
      expect(counter.readiness()[0]?.reason).toMatch(/kinoko.*no longer/);
      expect(await platform.metrics.render()).toContain('kaiseki_fold_shard_alarm{fold="orders",shard="0",kind="configuration"} 1\n');
    });
    expect(await liveTotals(platform)).toEqual(before);
  });

  it('joins as soon as the log lets it', async () => {
    const platform = await openOrders();
    let refusals = 2;
    const log: Log = {
      ...boundLog(platform.log),
      consume: async (consumption) => {
        if (refusals-- > 0) throw new Error('no broker answers');
        return await platform.log.consume(consumption);
      },
    };
    await platform.log.append(ORDER_LOGS, [recordOf(orderOf('u', 'washoku', '2026-01-10T00:00:00Z'))]);
    await withCounter({ ...platform, log }, async (counter) => {
      await untilCounted(platform);
      await expect.poll(() => counter.readiness()).toEqual([{ name: 'counter', ready: true, reason: 'shards claimed: 4' }]);
    });
    expect(refusals).toBe(-1);
  });
});
