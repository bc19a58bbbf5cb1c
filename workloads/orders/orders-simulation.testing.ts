/** The order stream for the fold's simulator: its real definition, orders to feed it with, and a recount without its code. */

import type { StoredRow } from '#platform/fold/simulator/memory-tables.ts';
import { countsOf, type NaiveOrder, segmentsOf, totalsOf } from '#platform/fold/simulator/naive.ts';
import { pick } from '#platform/fold/simulator/pick.ts';
import {
  type ExpectedRow,
  type FeedRecord,
  type Pipeline,
  type ShardLog,
  simulatedFold,
  type Truth,
} from '#platform/fold/simulator/pipeline.ts';
import { partitionOf } from '#platform/log/partition.ts';
import type { Random } from '#platform/random/random.ts';
import type { Row, TableDefinition } from '#platform/tables/tables.ts';
import { DEFAULT_MENU, Menu, type MenuFile } from './menu.ts';
import { earlierThan, ordersOfLogPage, ordersOfUserPage } from './order-pages.ts';
import { ordersFold } from './orders-fold.ts';
import { dayChunks, orderLog, pastOrders, rawOrders, segmentMembers, userCounts } from './tables.ts';
import type { UserOrder } from './tally.ts';
import { ORDER_LOGS } from './topics.ts';
import { type StoredUser, storedUser } from './user-row.ts';

const SHARDS = 2;
const BUCKETS = 4;
const RECENT = 32;
const PAGE = { fewest: 8, most: 128, offsets: 10_000 };
const CHUNK = 131_072;
const ADDED = 'suginoko';
const DIMENSIONS: ReadonlyMap<string, string> = new Map([
  ['washoku', 'cuisine'],
  ['yoshoku', 'cuisine'],
  ['kinoko', 'snack'],
  ['takenoko', 'snack'],
  [ADDED, 'snack'],
]);
const LARGER_MENU: MenuFile = {
  dimensions: DEFAULT_MENU.dimensions.map((dimension) =>
    dimension.name === 'snack'
      ? { ...dimension, menu_types: [...dimension.menu_types, { name: ADDED, labels: { en: 'Horsetail' }, color: '#56b4e9' }] }
      : dimension,
  ),
};
/** Around midnight in Tokyo. */
const FIRST_MS = Date.parse('2026-01-01T14:58:00Z');
const NINE_HOURS_MS = 9 * 60 * 60_000;
const GARBAGE = [
  '',
  '[]',
  '{"user_id":"u1"}',
  '{"user_id":"u1","timestamp":"yesterday","menu_type":"washoku"}',
  '{"user_id":"u1","timestamp":"2026-01-01T00:00:00Z","menu_type":"pizza"}',
];
const USERS = Array.from({ length: SHARDS }, (_, shard) =>
  Array.from({ length: 40 }, (_, index) => `user-${index}`)
    .filter((user) => partitionOf(user, SHARDS) === shard)
    .slice(0, 2),
);

const orders = simulatedFold(
  (size) =>
    ordersFold({
      menu: new Menu(size === 'larger' ? LARGER_MENU : DEFAULT_MENU),
      layout: { shards: SHARDS, buckets: BUCKETS },
      timeZone: 'Asia/Tokyo',
    }),
  recount,
);

export const simulatedOrders: Pipeline = {
  name: 'orders',
  folds: [{ ...orders, decode: saidByUser }],
  partitions: (random) => new Map([[ORDER_LOGS, random.chance(0.85) ? 1 : SHARDS]]),
  feed: (random, partitionsOf) => Array.from({ length: partitionsOf(ORDER_LOGS) }, (_, shard) => feed(random, shard)),
  factsOf,
};

/** Some logs jump now and then: over a few offsets, or over so many that a user's orders make a page, or another chunk begins. */
function feed(random: Random, partition: number): readonly FeedRecord[] {
  const jumps = pick(random, [0, 0.02, 0.3]);
  return values(random, partition).map((value) => ({
    topic: ORDER_LOGS,
    partition,
    key: null,
    value,
    gap: random.chance(jumps) ? random.below(pick(random, [3, 1_000, 20_000, 200_000])) : 0,
  }));
}

/** What others read of a user's state. Under which spans orders on pages are filed shows in what is counted. */
function saidByUser(state: unknown): unknown {
  const { past, ...said } = state as StoredUser;
  return { ...said, ...(past && { paged_ms: past[0] }) };
}

/** A few orders, or so many of one user that the ring of the last ones runs over. Some ids come again with another time: other orders. */
function values(random: Random, shard: number): readonly string[] {
  const isLong = random.chance(0.25);
  const menuTypes = pick(random, [['washoku', 'yoshoku'], ['kinoko', ADDED], [...DIMENSIONS.keys()]]);
  const orders: string[] = [];
  return Array.from({ length: isLong ? 50 + random.below(pick(random, [30, 200])) : 2 + random.below(12) }, (_, offset) => {
    const kind = random.fraction();
    if (kind < 0.04) return pick(random, GARBAGE);
    if (kind < 0.2 && orders.length > 0) return pick(random, orders);
    const isElsewhere = kind > 0.97;
    const value = JSON.stringify({
      ...(random.chance(0.5) ? { order_id: `order-${random.chance(0.15) ? random.below(offset + 1) : offset}` } : {}),
      user_id: pick(random, USERS[isElsewhere ? 1 - shard : shard]?.slice(0, isLong ? 1 : 2) ?? []),
      timestamp: new Date(FIRST_MS + random.below(isLong ? 300 : 6) * 60_000).toISOString(),
      menu_type: pick(random, menuTypes),
    });
    if (!isElsewhere) orders.push(value);
    return value;
  });
}

/** The order log says what the recount reads on its pages, a user's row and pages what the list of the user's orders has. */
function* factsOf(rows: Iterable<StoredRow>): Generator<StoredRow> {
  const pages: Row<typeof rawOrders>[] = [];
  const recent = new Map<string, readonly UserOrder[]>();
  for (const stored of rows) {
    if (stored.table.name === rawOrders.name) {
      pages.push(stored.row as Row<typeof rawOrders>);
    } else if (stored.table.name === orderLog.name) {
      const { shard, chunk, orders } = stored.row as Row<typeof orderLog>;
      for (const order of ordersOfLogPage({ orders })) yield { ...stored, row: { shard, chunk, ...order } };
    } else if (stored.table.name === pastOrders.name) {
      const { bucket, user_id, offset, identities } = stored.row as Row<typeof pastOrders>;
      for (const identity of JSON.parse(identities) as string[]) yield { ...stored, row: { bucket, user_id, offset, identity } };
    } else if (stored.table.name === userCounts.name) {
      const row = stored.row as Row<typeof userCounts>;
      recent.set(row.user_id, storedUser(row).recent);
      yield stored;
    } else {
      yield stored;
    }
  }
  pages.sort((one, other) => other.offset - one.offset);
  for (const user_id of new Set([...recent.keys(), ...pages.map((page) => page.user_id)])) {
    const own = pages.filter((page) => page.user_id === user_id);
    const bucket = partitionOf(user_id, BUCKETS);
    const listed = earlierThan(Number.POSITIVE_INFINITY, [recent.get(user_id) ?? [], ...own.map(ordersOfUserPage)]);
    for (const [offset, ts, menu_type, order_id] of listed) {
      yield { table: rawOrders as TableDefinition, row: { bucket, user_id, ts, offset, order_id, menu_type }, version: offset };
    }
  }
}

interface SentOrder {
  readonly order_id?: string;
  readonly user_id: string;
  readonly timestamp: string;
  readonly menu_type: string;
}

interface Counted extends NaiveOrder {
  readonly ts: number;
  readonly id: string | null;
  readonly identity: string;
}

function recount({ records: log, shard, fingerprint }: ShardLog): Truth {
  const { menu } = JSON.parse(fingerprint) as { menu: Record<string, Record<string, number>> };
  const countsFrom = new Map(Object.values(menu).flatMap((menuTypes) => Object.entries(menuTypes)));
  const rejected = new Set<number>();
  const maybeRejected = new Set<number>();
  const counted: Counted[] = [];
  const lastSeen = new Map<string, number>();
  for (const { offset, value } of log) {
    const order = countable(String(value), offset, shard);
    if (!order || offset < (countsFrom.get(order.menuType) ?? Number.POSITIVE_INFINITY)) {
      rejected.add(offset);
      continue;
    }
    if (order.menuType === ADDED) maybeRejected.add(offset);
    lastSeen.set(order.user, offset);
    if (!counted.some(({ user, identity }) => user === order.user && identity === order.identity)) counted.push(order);
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
        DIMENSIONS,
      ),
  };
}

/** The order of a record, if it is one, and in its shard. */
function countable(value: string, offset: number, shard: number): Counted | undefined {
  if (GARBAGE.includes(value)) return undefined;
  const { order_id: id = null, user_id: user, timestamp, menu_type: menuType } = JSON.parse(value) as SentOrder;
  if (!USERS[shard]?.includes(user)) return undefined;
  const ts = Date.parse(timestamp);
  const day = new Date(ts + NINE_HOURS_MS).toISOString().slice(0, 10);
  return { offset, user, menuType, day, ts, id, identity: id === null ? `t${ts}/${menuType}` : `i${ts}/${id}` };
}

function orderRows({ offset, user, menuType, day, ts, id }: Counted, shard: number): ExpectedRow[] {
  const columns = { user_id: user, ts, offset, order_id: id, menu_type: menuType };
  const chunk = Math.floor(offset / CHUNK);
  return [
    { table: orderLog as TableDefinition, columns: { shard, chunk, ...columns } },
    { table: rawOrders as TableDefinition, columns: { bucket: partitionOf(user, BUCKETS), ...columns } },
    { table: dayChunks as TableDefinition, columns: { day, shard, chunk } },
  ];
}

function userRows(user_id: string, orders: readonly Counted[], lsn: { from: number; to: number }, shard: number): ExpectedRow[] {
  const bucket = partitionOf(user_id, BUCKETS);
  const pages = pagesOf(orders);
  const segments = segmentsOf(orders, DIMENSIONS);
  const paged = pages.flatMap((page) => page.orders);
  const recent = orders.slice(paged.length).map(({ offset, ts, menuType, id }) => [offset, ts, menuType, id]);
  const state = {
    counts: Object.fromEntries(countsOf(orders)),
    segments: Object.fromEntries(segments),
    recent,
    ...(paged.length > 0 && { paged_ms: Math.max(...paged.map(({ ts }) => ts)) }),
  };
  return [
    { table: userCounts as TableDefinition, columns: { bucket, user_id, state }, lsn },
    ...pages.flatMap(({ orders: onPage, offset }) =>
      onPage.map(({ identity }) => ({ table: pastOrders as TableDefinition, columns: { bucket, user_id, offset, identity } })),
    ),
    ...[...segments.values()].map((segment) => ({ table: segmentMembers as TableDefinition, columns: { segment, shard, user_id } })),
  ];
}

/** A user's pages, the oldest first, each with the offset of the order that completed it. */
function pagesOf(orders: readonly Counted[]): { readonly orders: readonly Counted[]; readonly offset: number }[] {
  const pages: { readonly orders: readonly Counted[]; readonly offset: number }[] = [];
  let first = 0;
  for (const [index, { offset }] of orders.entries()) {
    const waiting = index + 1 - first - RECENT;
    const isOld = offset - (orders[first]?.offset ?? offset) >= PAGE.offsets;
    if (waiting !== PAGE.most && !(waiting >= PAGE.fewest && isOld)) continue;
    pages.push({ orders: orders.slice(first, first + waiting), offset });
    first += waiting;
  }
  return pages;
}
