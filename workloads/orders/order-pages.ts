/**
 * Pages of counted orders (decision 11): a row holds up to a hundred orders of one flush. Those of the order log hold
 * whatever the flush counted; those of raw_orders the orders of one user.
 *
 * An order may stand on more than one page. After a crash the next owner writes again what may not have arrived, and
 * leaves out orders whose users' rows vouch for them; its pages begin and end where its own flush does. So the epoch is
 * part of a page's key: a later page, with fewer orders, never takes the place of an earlier one, and the orders are
 * the union of all pages. Of one user's orders a page holds every one between its first and its last, because a flush
 * counts all of a user's orders above the user's lsn: that is what lets `earlierThan` list them exactly.
 */
import type { CountedEvent } from '#platform/fold/definition.ts';
import { type Mutation, put, type Row } from '#platform/tables/tables.ts';
import { chunkOf, type Layout, orderLog, placeOf, rawOrders } from './tables.ts';
import type { DatedOrder } from './tally.ts';

/** Orders on one page. With ids of the greatest length and every byte escaped, a page stays below 200 kB. */
export const PAGE_ORDERS_MAX = 100;

/** A counted order as the tables keep it. */
export interface LoggedOrder {
  readonly offset: number;
  readonly user_id: string;
  readonly ts: number;
  readonly menu_type: string;
  readonly order_id: string | null;
}

type LogEntry = readonly [offset: number, userId: string, ts_ms: number, menuType: string, orderId: string | null];
type UserEntry = readonly [offset: number, ts_ms: number, menuType: string, orderId: string | null];

/** The order log's pages of counted orders, which are in the order of the log. No page reaches over two chunks. */
export function logPages(events: readonly CountedEvent<DatedOrder>[], shard: number, epoch: number): Mutation[] {
  const pages: Mutation[] = [];
  let entries: LogEntry[] = [];
  for (const [index, { offset, event }] of events.entries()) {
    const { userId, ts_ms, menuType, orderId } = event.order;
    entries.push([offset, userId, ts_ms, menuType, orderId]);
    const next = events[index + 1];
    if (next && entries.length < PAGE_ORDERS_MAX && chunkOf(next.offset) === chunkOf(offset)) continue;
    const first = entries[0]?.[0] ?? offset;
    pages.push(put(orderLog, { shard, chunk: chunkOf(first), offset: first, epoch, orders: JSON.stringify(entries) }, first));
    entries = [];
  }
  return pages;
}

/** The pages of each user's orders among the counted ones, which are in the order of the log. */
export function userPages(events: readonly CountedEvent<DatedOrder>[], layout: Layout, epoch: number): Mutation[] {
  const pages: Mutation[] = [];
  const write = (user_id: string, entries: readonly UserEntry[]) => {
    const last = entries.at(-1)?.[0] ?? 0;
    const { bucket } = placeOf(user_id, layout);
    pages.push(put(rawOrders, { bucket, user_id, offset: last, epoch, orders: JSON.stringify(entries) }, last));
  };
  const open = new Map<string, UserEntry[]>();
  for (const { offset, key, event } of events) {
    const { ts_ms, menuType, orderId } = event.order;
    const entry: UserEntry = [offset, ts_ms, menuType, orderId];
    const entries = open.get(key);
    if (!entries) {
      open.set(key, [entry]);
    } else if (entries.length < PAGE_ORDERS_MAX) {
      entries.push(entry);
    } else {
      write(key, entries);
      open.set(key, [entry]);
    }
  }
  for (const [userId, entries] of open) write(userId, entries);
  return pages;
}

/** The orders on a page of the order log. */
export function ordersOfLogPage({ orders }: Pick<Row<typeof orderLog>, 'orders'>): LoggedOrder[] {
  const entries: readonly LogEntry[] = JSON.parse(orders);
  return entries.map(([offset, user_id, ts, menu_type, order_id]) => ({ offset, user_id, ts, menu_type, order_id }));
}

/** The orders on a page of a user. */
export function ordersOfUserPage({ user_id, orders }: Pick<Row<typeof rawOrders>, 'user_id' | 'orders'>): LoggedOrder[] {
  const entries: readonly UserEntry[] = JSON.parse(orders);
  return entries.map(([offset, ts, menu_type, order_id]) => ({ offset, user_id, ts, menu_type, order_id }));
}

/**
 * The orders of a user's pages, which come as raw_orders has them, that are below an offset: the last counted first,
 * each once.
 *
 * Going down the pages by their last orders, everything from the lowest order seen upwards has been seen: an order of a
 * page that comes later lies between that lowest one and the page's own last only where an earlier page holds it too.
 */
export function earlierThan(below: number, pages: readonly Row<typeof rawOrders>[]): LoggedOrder[] {
  const found: LoggedOrder[] = [];
  let lowest = below;
  for (const page of pages) {
    for (const order of ordersOfUserPage(page).reverse()) {
      if (order.offset >= lowest) continue;
      found.push(order);
      lowest = order.offset;
    }
  }
  return found;
}
