/** A naive model of what orders must come to, and how to feed a counter with them and read what it made of them. */
import { createServer } from 'node:http';
import { expect } from 'vitest';
import { type Clock, systemClock } from '#platform/clock/clock.ts';
import type { NewRecord } from '#platform/log/log.ts';
import type { Platform, Workload } from '../workload.ts';
import { createCounter } from './counter/counter.ts';
import { figuresOf } from './measures.ts';
import { encodeOrder, type Order } from './order.ts';
import { runOrders } from './orders.testing.ts';
import { COUNTER_GROUP, ORDERS_FOLD } from './orders-fold.ts';
import { ORDER_LOGS } from './topics.ts';

/** The platform of an empty order stream of four shards, with flushes and caches so small that a test fills them. Ends with the test. */
export async function openOrders(clock: Clock = systemClock): Promise<Platform> {
  const environment = { KAISEKI_SHARDS: '4', KAISEKI_BUCKETS: '16', KAISEKI_FLUSH_ORDERS: '300', KAISEKI_CACHED_USERS: '50' };
  return (await runOrders({ create: [], environment, clock })).platform;
}

/** Runs a counter while `work` lasts. */
export async function withCounter(platform: Platform, work: (counter: Workload) => Promise<void>): Promise<void> {
  const counter = createCounter(platform);
  await counter.start(createServer());
  try {
    await work(counter);
  } finally {
    await counter.stop();
  }
}

/** The record that `ingest` would append for an order. */
export function recordOf(order: Order): NewRecord {
  return { key: order.userId, value: encodeOrder(order), timestamp_ms: systemClock.now_ms() };
}

/** An order of its own identity. */
export function orderOf(userId: string, menuType: string, at: string, orderId: string | null = null): Order {
  return { orderId, userId, ts_ms: Date.parse(at), menuType };
}

/** Waits until the counter has stored its offset at the end of every shard. */
export async function untilCounted({ log }: Platform): Promise<void> {
  await expect
    .poll(async () => (await log.lag(ORDER_LOGS, COUNTER_GROUP)).reduce((sum, { records }) => sum + records, 0), {
      timeout: 30_000,
      interval: 20,
    })
    .toBe(0);
}

/** Live totals over all shards: `period/menu type` → orders and users. */
export async function liveTotals({ tables, settings }: Platform): Promise<ReadonlyMap<string, { orders: number; users: number }>> {
  const sums = new Map<string, { orders: number; users: number }>();
  for (let shard = 0; shard < settings.orders.layout.shards; shard++) {
    const { totals } = await tables.readShard({ fold: ORDERS_FOLD, shard }, 'every', 'serial');
    for (const total of totals) {
      const { orders, users } = figuresOf(total);
      const sum = sums.get(`${total.period}/${total.name}`) ?? { orders: 0, users: 0 };
      sums.set(`${total.period}/${total.name}`, { orders: sum.orders + orders, users: sum.users + users });
    }
  }
  return sums;
}

/** What tells one order of a user from another: its time, and its id or, where there is none, what was ordered. */
export function identityOf(order: Order): string {
  return order.orderId === null ? `t${order.ts_ms}/${order.menuType}` : `i${order.ts_ms}/${order.orderId}`;
}

/** What the orders must come to, from their definition: the first of each identity counts; people are where they ordered most, ties staying. */
export function modelTotals(orders: readonly Order[], platform: Platform): ReadonlyMap<string, { orders: number; users: number }> {
  const { menu, timeZone } = platform.settings.orders;
  const dayOf = new Intl.DateTimeFormat('sv-SE', { timeZone });
  const sums = new Map<string, { orders: number; users: number }>();
  const add = (key: string, change: { orders?: number; users?: number }) => {
    const sum = sums.get(key) ?? { orders: 0, users: 0 };
    sums.set(key, { orders: sum.orders + (change.orders ?? 0), users: sum.users + (change.users ?? 0) });
  };
  for (const history of Map.groupBy(orders, ({ userId }) => userId).values()) {
    const seen = new Set<string>();
    const counts = new Map<string, number>();
    const segments = new Map<string | undefined, string>();
    for (const order of history) {
      if (seen.has(identityOf(order))) continue;
      seen.add(identityOf(order));
      const { menuType } = order;
      add(`all/${menuType}`, { orders: 1 });
      add(`${dayOf.format(order.ts_ms)}/${menuType}`, { orders: 1 });
      counts.set(menuType, (counts.get(menuType) ?? 0) + 1);
      const now = segments.get(menu.dimensionOf(menuType));
      if (now === undefined || (counts.get(menuType) ?? 0) > (counts.get(now) ?? 0)) segments.set(menu.dimensionOf(menuType), menuType);
    }
    for (const segment of segments.values()) add(`all/${segment}`, { users: 1 });
  }
  return sums;
}
