/** The small fold with records to feed it and a recount that shares no code with its tally. */
import type { LogRecord } from '#platform/log/log.ts';
import type { Random } from '#platform/random/random.ts';
import type { TableDefinition, TotalRow } from '#platform/tables/tables.ts';
import { ALL } from '../totals.ts';
import { pick } from './pick.ts';
import {
  ADDED,
  chunkOf,
  dayChunks,
  dayOf,
  MENU,
  orderLog,
  parseOrder,
  parsePin,
  RING,
  rawOrders,
  type SmallOrder,
  type SmallPin,
  type SmallState,
  segmentMembers,
  smallFold,
  userCounts,
} from './small-fold.ts';
import type { ExpectedRow, SimulatedSystem, Truth } from './system.ts';

export const smallSystem: SimulatedSystem<SmallOrder, SmallState, SmallPin> = {
  name: 'small',
  shards_max: 2,
  definition: smallFold,
  values,
  recount,
};

/** Either one user whose preference flips all the time, or one or two who order at random from two menu types or all. */
function values(random: Random, shard: number): readonly string[] {
  const flippy = random.chance(0.4);
  const users = flippy ? 1 : 1 + random.below(2);
  const menu = random.chance(0.6) ? 'wy' : 'wykt';
  const orders: string[] = [];
  return Array.from({ length: 2 + random.below(pick(random, [4, 12])) }, (_, offset) => {
    const kind = flippy ? 0.1 + random.fraction() * 2 : random.fraction();
    if (kind < 0.03) return 'garbage';
    const order: SmallOrder = {
      user: `${kind < 0.06 ? 1 - shard : shard}${'ab'[random.below(users)]}`,
      ts: random.below(6),
      menu: (flippy ? 'wyyww'[offset % 5] : menu[random.below(menu.length)]) ?? 'w',
      id: random.chance(0.5) ? `x${offset}` : null,
    };
    const value = kind < 0.22 && orders.length > 0 ? pick(random, orders) : JSON.stringify(order);
    if (kind >= 0.06) orders.push(value);
    return value;
  });
}

interface Counted {
  readonly offset: number;
  readonly order: SmallOrder;
}

function recount(log: readonly LogRecord[], shard: number, fingerprint: string): Truth {
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
    const same = counted.filter(({ order: { user } }) => user === order.user).slice(-RING);
    if (!same.some((one) => isSame(one.order, order))) counted.push({ offset, order });
  }
  const users = [...lastSeen].map(([user, seen]) => ({ user, seen, orders: counted.filter(({ order }) => order.user === user) }));
  const rows = [
    ...counted.flatMap((one) => orderRows(one, shard)),
    ...users.flatMap(({ user, seen, orders }) => userRows(user, seen, orders, shard)),
  ];
  return { rejected, maybeRejected, rows, totalsBelow: (offset) => totalsOf(counted.filter((one) => one.offset < offset)) };
}

function isSame(a: SmallOrder, b: SmallOrder): boolean {
  if (a.id !== null || b.id !== null) return a.id === b.id;
  return a.ts === b.ts && a.menu === b.menu;
}

function orderRows({ offset, order: { user, ts, menu, id } }: Counted, shard: number): ExpectedRow[] {
  const columns = { user_id: user, ts, offset, order_id: id, menu_type: menu };
  return [
    { table: orderLog as TableDefinition, columns: { shard, chunk: chunkOf(offset), ...columns } },
    { table: rawOrders as TableDefinition, columns },
    { table: dayChunks as TableDefinition, columns: { day: dayOf(ts), shard, chunk: chunkOf(offset) } },
  ];
}

function userRows(user_id: string, seen: number, orders: readonly Counted[], shard: number): ExpectedRow[] {
  const counts = new Map<string, number>();
  for (const { order } of orders) counts.set(order.menu, orders.filter((other) => other.order.menu === order.menu).length);
  const segments = new Map<string, string>();
  for (const dimension of new Set(orders.map(({ order }) => MENU.get(order.menu) ?? '')))
    segments.set(dimension, preference(orders, dimension) ?? '');
  const recent = orders.slice(-RING).map(({ order }) => order.id ?? `${order.ts}/${order.menu}`);
  const lsn = { from: orders.at(-1)?.offset ?? 0, to: seen };
  return [
    { table: userCounts as TableDefinition, columns: { user_id, counts, segments, recent }, lsn },
    ...[...segments.values()].map((segment) => ({ table: segmentMembers as TableDefinition, columns: { segment, shard, user_id } })),
  ];
}

/** The menu type ordered most; on a tie the one that was ahead before the last order. */
function preference(orders: readonly Counted[], dimension: string): string | undefined {
  const menus = orders.map(({ order }) => order.menu).filter((menu) => MENU.get(menu) === dimension);
  if (menus.length === 0) return undefined;
  const count = (menu: string) => menus.filter((one) => one === menu).length;
  const most = Math.max(...menus.map(count));
  const leaders = [...new Set(menus)].filter((menu) => count(menu) === most);
  if (leaders.length === 1) return leaders[0];
  const last = orders.findLastIndex(({ order }) => MENU.get(order.menu) === dimension);
  return preference(orders.slice(0, last), dimension);
}

function totalsOf(counted: readonly Counted[]): TotalRow[] {
  const totals = new Map<string, TotalRow>();
  const add = (period: string, segment: string, orders: number, users: number) => {
    const before = totals.get(`${period}/${segment}`);
    totals.set(`${period}/${segment}`, { period, segment, orders: (before?.orders ?? 0) + orders, users: (before?.users ?? 0) + users });
  };
  for (const { order } of counted) for (const period of [ALL, dayOf(order.ts)]) add(period, order.menu, 1, 0);
  for (const user of new Set(counted.map(({ order }) => order.user))) {
    const orders = counted.filter(({ order }) => order.user === user);
    for (const dimension of new Set(MENU.values())) {
      const segment = preference(orders, dimension);
      if (segment !== undefined) add(ALL, segment, 0, 1);
    }
  }
  return [...totals.values()];
}
