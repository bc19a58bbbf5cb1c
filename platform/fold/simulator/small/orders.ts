/** The small fold with records to feed it and a recount that shares no code with its tally. */
import type { Random } from '#platform/random/random.ts';
import type { TableDefinition } from '#platform/tables/tables.ts';
import { countsOf, type NaiveOrder, segmentsOf, totalsOf } from '../naive.ts';
import { pick } from '../pick.ts';
import { type ExpectedRow, type Pipeline, type ShardLog, simulatedFold, type Truth } from '../pipeline.ts';
import {
  ADDED,
  chunkOf,
  dayChunks,
  dayOf,
  factsOf,
  leftOrders,
  MENU,
  MILESTONE,
  milestones,
  orderLog,
  parseOrder,
  parsePin,
  RING,
  rawOrders,
  type SmallOrder,
  segmentMembers,
  smallFold,
  userCounts,
} from './orders-fold.ts';

const TOPIC = 'orders';

export const smallOrders: Pipeline = {
  name: 'small',
  folds: [simulatedFold(smallFold, recount)],
  partitions: (random) => new Map([[TOPIC, random.chance(0.85) ? 1 : 2]]),
  feed: (random, partitionsOf) =>
    Array.from({ length: partitionsOf(TOPIC) }, (_, partition) =>
      values(random, partition).map((value) => ({ topic: TOPIC, partition, key: null, value, gap: 0 })),
    ),
  factsOf,
};

/**
 * Either one user whose preference flips at every second order, or one or two who order at random from two menu types or all; within
 * a day, or two. Some send much again, soon or late.
 */
function values(random: Random, shard: number): readonly string[] {
  const flippy = random.chance(0.5);
  const users = flippy ? 1 : 1 + random.below(2);
  const menu = flippy ? pick(random, ['wyyw', 'kttk']) : pick(random, ['wy', 'kt', 'wykt']);
  const instants = pick(random, [3, 6]);
  const again = pick(random, [0.22, 0.22, 0.5]);
  const orders: string[] = [];
  return Array.from({ length: 2 + random.below(pick(random, [4, 16, 40])) }, (_, offset) => {
    const kind = flippy ? 0.1 + random.fraction() * 2 : random.fraction();
    if (kind < 0.03) return 'garbage';
    const order: SmallOrder = {
      user: `${kind < 0.06 ? 1 - shard : shard}${'ab'[random.below(users)]}`,
      ts: random.below(instants),
      menu: menu[flippy ? offset % menu.length : random.below(menu.length)] ?? '',
      id: random.chance(0.5) ? `x${offset}` : null,
    };
    const value = kind < again && orders.length > 0 ? pick(random, orders) : JSON.stringify(order);
    if (kind >= 0.06) orders.push(value);
    return value;
  });
}

interface Counted extends NaiveOrder {
  readonly ts: number;
  readonly id: string | null;
}

function recount({ records: log, shard, fingerprint }: ShardLog): Truth {
  const countsFrom = parsePin(fingerprint);
  const rejected = new Set<number>();
  const maybeRejected = new Set<number>();
  const counted: Counted[] = [];
  const lastSeen = new Map<string, number>();
  for (const record of log) {
    const { offset } = record;
    const order = parseOrder(record);
    if (!order?.user.startsWith(`${shard}`) || offset < (countsFrom.get(order.menu) ?? log.length)) {
      rejected.add(offset);
      continue;
    }
    if (order.menu === ADDED) maybeRejected.add(offset);
    lastSeen.set(order.user, offset);
    if (!counted.some((one) => one.user === order.user && isSame(one, order)))
      counted.push({ offset, user: order.user, menuType: order.menu, day: dayOf(order.ts), ts: order.ts, id: order.id });
  }
  const rows = counted.flatMap((order) => orderRows(order, shard));
  for (const [user, to] of lastSeen) {
    const own = counted.filter((order) => order.user === user);
    rows.push(...userRows(user, own, { from: own.at(-1)?.offset ?? 0, to }, shard));
  }
  return {
    rejected,
    maybeRejected,
    rows,
    emitted: [],
    totalsBelow: (end) =>
      totalsOf(
        counted.filter(({ offset }) => offset < end),
        MENU,
      ),
  };
}

function isSame(a: Counted, b: SmallOrder): boolean {
  if (a.id !== null || b.id !== null) return a.id === b.id;
  return a.ts === b.ts && a.menuType === b.menu;
}

function orderRows({ offset, user, menuType, day, ts, id }: Counted, shard: number): ExpectedRow[] {
  const columns = { user_id: user, ts, offset, order_id: id, menu_type: menuType };
  return [
    { table: orderLog as TableDefinition, columns: { shard, chunk: chunkOf(offset), ...columns } },
    { table: rawOrders as TableDefinition, columns },
    { table: dayChunks as TableDefinition, columns: { day, shard, chunk: chunkOf(offset) } },
  ];
}

function userRows(user_id: string, orders: readonly Counted[], lsn: { from: number; to: number }, shard: number): ExpectedRow[] {
  const segments = segmentsOf(orders, MENU);
  const last = orders.slice(-RING).map(({ id, ts, menuType }) => ({ identity: identityOf(id, ts, menuType), ts }));
  const left = orders.slice(0, -RING);
  const state = { counts: countsOf(orders), segments, recent: last, left_ts: Math.max(-1, ...left.map(({ ts }) => ts)) };
  return [
    { table: userCounts as TableDefinition, columns: { user_id, state }, lsn },
    ...left.map(({ id, ts, menuType, day }, index) => {
      const offset = orders[index + RING]?.offset;
      return { table: leftOrders as TableDefinition, columns: { user_id, day, offset, identity: identityOf(id, ts, menuType) } };
    }),
    ...orders.flatMap(({ offset }, index) => {
      if ((index + 1) % MILESTONE !== 0) return [];
      const recent = orders.slice(0, index + 1).slice(-RING);
      const columns = { user_id, orders: index + 1, offset, last: recent.map(({ id, ts, menuType }) => identityOf(id, ts, menuType)) };
      return [{ table: milestones as TableDefinition, columns }];
    }),
    ...[...segments.values()].map((segment) => ({ table: segmentMembers as TableDefinition, columns: { segment, shard, user_id } })),
  ];
}

function identityOf(id: string | null, ts: number, menuType: string): string {
  return id ?? `${ts}/${menuType}`;
}
