/**
 * A fold as small as a fold can be while it has everything: two dimensions, a ring of three orders, chunks of three offsets, days
 * of three instants, a row for every second order of a user and for what leaves the ring. Every boundary is met within a few records.
 */
import type { LogRecord } from '#platform/log/log.ts';
import { defineTable, put, type Row, remove } from '#platform/tables/tables.ts';
import type { CountedEvent, FoldDefinition, Folded, TotalChange } from '../../definition.ts';
import { ALL } from '../../totals.ts';
import type { Columns, StoredRow } from '../memory-tables.ts';
import type { MenuSize } from '../pipeline.ts';

export const rawOrders = defineTable({
  name: 'raw_orders',
  columns: { user_id: 'text', ts: 'int', offset: 'bigint', order_id: 'text?', menu_type: 'text' },
  partitionKey: ['user_id'],
  clusteringKey: ['ts', 'offset'],
});

export const userCounts = defineTable({
  name: 'user_counts',
  columns: { user_id: 'text', page: 'text' },
  partitionKey: ['user_id'],
  clusteringKey: [],
});

export const segmentMembers = defineTable({
  name: 'segment_members',
  columns: { segment: 'text', shard: 'int', user_id: 'text' },
  partitionKey: ['segment', 'shard'],
  clusteringKey: ['user_id'],
});

/** Pages of a flush's orders, as JSON. */
export const orderLog = defineTable({
  name: 'order_log',
  columns: { shard: 'int', chunk: 'bigint', offset: 'bigint', epoch: 'bigint', orders: 'text' },
  partitionKey: ['shard', 'chunk'],
  clusteringKey: ['offset', 'epoch'],
});

export const dayChunks = defineTable({
  name: 'day_chunks',
  columns: { day: 'text', shard: 'int', chunk: 'bigint' },
  partitionKey: ['day', 'shard'],
  clusteringKey: ['chunk'],
});

/** Every second order of a user, with the last ones: a row that an order completes. */
export const milestones = defineTable({
  name: 'milestones',
  columns: { user_id: 'text', orders: 'int', offset: 'bigint', last: 'list<text>' },
  partitionKey: ['user_id'],
  clusteringKey: ['orders'],
});

/** What has left the ring of a user's last orders: orders that come later, and are no later themselves, are looked up here. */
export const leftOrders = defineTable({
  name: 'left_orders',
  columns: { user_id: 'text', day: 'text', offset: 'bigint', identity: 'text' },
  partitionKey: ['user_id'],
  clusteringKey: ['day', 'offset'],
});

/** Menu type → dimension. */
export const MENU: ReadonlyMap<string, string> = new Map([
  ['w', 'cuisine'],
  ['y', 'cuisine'],
  ['k', 'snack'],
  ['t', 'snack'],
]);
/** The menu type that a larger menu adds. */
export const ADDED = 't';
/** Orders that a user's row remembers. */
export const RING = 3;
/** Orders of a user from one milestone to the next. */
export const MILESTONE = 2;
export const chunkOf = (offset: number) => Math.floor(offset / 3);
export const dayOf = (ts: number) => `day-${Math.floor(ts / 3)}`;

/** A record's value as JSON. A user's home shard is the first figure of their id. */
export interface SmallOrder {
  readonly user: string;
  readonly ts: number;
  readonly menu: string;
  readonly id: string | null;
}

export interface SmallState {
  readonly counts: ReadonlyMap<string, number>;
  readonly segments: ReadonlyMap<string, string>;
  /** The last orders. */
  readonly recent: readonly RecentOrder[];
  /** The latest time of an order that has left `recent`; below 0 before the first. */
  readonly left_ts: number;
}

export interface RecentOrder {
  readonly identity: string;
  readonly ts: number;
}

/** Identities of orders. */
type Found = Set<string>;

/** The offset from which each menu type counts. */
export type SmallPin = ReadonlyMap<string, number>;

const NEW: SmallState = { counts: new Map(), segments: new Map(), recent: [], left_ts: -1 };

export function smallFold(menu: MenuSize): FoldDefinition<SmallOrder, SmallState, SmallPin> {
  return {
    name: 'small',
    topic: 'orders',
    group: 'counter',
    rejectedTopic: 'rejected',
    totalsTopic: 'totals',
    measures: { orders: { nonNegative: true }, users: { nonNegative: true } },
    pin: (pinned, nextOffset) => pinMenu(menu, pinned, nextOffset),
    read(record, shard, pin) {
      const order = parseOrder(record);
      if (!order) return { ok: false, reason: 'garbage' };
      if (record.offset < (pin.get(order.menu) ?? Number.POSITIVE_INFINITY)) return { ok: false, reason: 'not on the menu' };
      if (Number(order.user[0]) !== shard) return { ok: false, reason: 'wrong shard' };
      return { ok: true, key: order.user, event: order, periods: [dayOf(order.ts)] };
    },
    pages: { table: userCounts, keyOf: (user_id) => ({ user_id }) },
    initial: NEW,
    encode: ({ counts, segments, recent, left_ts }) =>
      JSON.stringify({ counts: [...counts], segments: [...segments], recent: recent.map(({ identity, ts }) => [identity, ts]), left_ts }),
    decode: decodeState,
    fold: (state, order, { offset }, found) => foldOrder(state, order, offset, found as readonly Found[] | undefined),
    lookup: {
      table: leftOrders,
      within: (state, { user, ts }) => (ts <= state.left_ts ? [{ user_id: user, day: dayOf(ts) }] : []),
      empty: (): Found => new Set(),
      add: (found, row) => (found as Found).add(String(row.identity)),
    },
    eventRows(events, shard, epoch) {
      const pages = Map.groupBy(events, ({ offset }) => chunkOf(offset));
      return [
        ...[...pages].map(([chunk, counted]) => {
          const offset = counted[0]?.offset ?? 0;
          return put(orderLog, { shard, chunk, offset, epoch, orders: JSON.stringify(counted.map(orderColumns)) }, offset);
        }),
        ...events.flatMap((counted) => [
          put(rawOrders, orderColumns(counted), counted.offset),
          put(dayChunks, { day: dayOf(counted.event.ts), shard, chunk: chunkOf(counted.offset) }, counted.offset),
        ]),
      ];
    },
    memberRows: (user_id, state, touched, { shard, lsn }) =>
      [...touched].map((segment) => {
        const key = { segment, shard, user_id };
        const isIn = state.segments.get(MENU.get(segment) ?? '') === segment;
        return isIn ? put(segmentMembers, key, lsn) : remove(segmentMembers, key, lsn);
      }),
  };
}

function orderColumns({ offset, event }: CountedEvent<SmallOrder>): Row<typeof rawOrders> {
  return { user_id: event.user, ts: event.ts, offset, order_id: event.id, menu_type: event.menu };
}

/** What the rows of these tables say: a page says each of its orders. */
export function* factsOf(rows: Iterable<StoredRow>): Generator<StoredRow> {
  for (const stored of rows) {
    if (stored.table.name !== orderLog.name) {
      yield stored;
      continue;
    }
    const { shard, chunk, orders } = stored.row as Row<typeof orderLog>;
    for (const order of JSON.parse(orders) as Columns[]) yield { ...stored, row: { shard, chunk, ...order } };
  }
}

/** Reads an order from a record; undefined where it is none. */
export function parseOrder(record: LogRecord): SmallOrder | undefined {
  const text = record.value?.toString() ?? '';
  return text.startsWith('{') ? (JSON.parse(text) as SmallOrder) : undefined;
}

export function parsePin(fingerprint: string): SmallPin {
  return new Map(JSON.parse(fingerprint) as [string, number][]);
}

function pinMenu(
  size: MenuSize,
  pinned: string | null,
  nextOffset: number,
): ReturnType<FoldDefinition<SmallOrder, SmallState, SmallPin>['pin']> {
  const menu = [...MENU.keys()].filter((menuType) => size === 'larger' || menuType !== ADDED);
  const before = pinned === null ? undefined : parsePin(pinned);
  if (before && [...before.keys()].some((menuType) => !menu.includes(menuType))) return { ok: false, problem: 'the menu lost a menu type' };
  const pin = new Map(menu.map((menuType) => [menuType, before ? (before.get(menuType) ?? nextOffset) : 0]));
  return { ok: true, fingerprint: JSON.stringify([...pin]), pin };
}

function decodeState(value: unknown): SmallState {
  const { counts, segments, recent, left_ts } = value as {
    counts: [string, number][];
    segments: [string, string][];
    recent: [string, number][];
    left_ts: number;
  };
  return { counts: new Map(counts), segments: new Map(segments), recent: recent.map(([identity, ts]) => ({ identity, ts })), left_ts };
}

function foldOrder(state: SmallState, order: SmallOrder, offset: number, found: readonly Found[] | undefined): Folded<SmallState> {
  const identity = order.id ?? `${order.ts}/${order.menu}`;
  if (state.recent.some((one) => one.identity === identity) || found?.some((day) => day.has(identity))) return { outcome: 'repeated' };
  const dimension = MENU.get(order.menu) ?? '';
  const counts = new Map(state.counts).set(order.menu, (state.counts.get(order.menu) ?? 0) + 1);
  const orders = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const from = state.segments.get(dimension);
  const overtakes = from === undefined || (counts.get(order.menu) ?? 0) > (counts.get(from) ?? 0);
  const to = overtakes ? order.menu : from;
  const totals: TotalChange<'orders' | 'users'>[] = [ALL, dayOf(order.ts)].map((period) => ({
    period,
    name: order.menu,
    figures: { orders: 1 },
  }));
  if (from !== to && from !== undefined) totals.push({ period: ALL, name: from, figures: { users: -1 } });
  if (from !== to) totals.push({ period: ALL, name: to, figures: { users: 1 } });
  const recent = [...state.recent, { identity, ts: order.ts }];
  const left = recent.length > RING ? recent.shift() : undefined;
  const last = recent.map((one) => one.identity);
  const rows = orders % MILESTONE === 0 ? [put(milestones, { user_id: order.user, orders, offset, last }, offset)] : [];
  if (left) rows.push(put(leftOrders, { user_id: order.user, day: dayOf(left.ts), offset, identity: left.identity }, offset));
  return {
    outcome: 'counted',
    state: {
      counts,
      segments: new Map(state.segments).set(dimension, to),
      recent,
      left_ts: Math.max(state.left_ts, left?.ts ?? -1),
    },
    totals,
    touched: from === to ? [] : from === undefined ? [to] : [from, to],
    rows,
  };
}
