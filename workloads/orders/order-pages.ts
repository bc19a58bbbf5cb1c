/**
 * Pages of counted orders (decision 11).
 *
 * Those of raw_orders hold a user's orders from the first on: those that left the user's row together, eight, or up to 128
 * where many came one soon after the other (tally.ts). Which these are follows from the log alone, so that whoever writes a
 * page writes the same. A page is written before the row that lacks its orders: whoever reads the row and then the pages has
 * every order.
 *
 * Those of the order log hold up to a hundred orders, whatever one flush counted. An order may stand on more than one of
 * them: after a crash the next owner writes again what may not have arrived, and leaves out orders whose users' rows vouch
 * for them; its pages begin and end where its own flush does. So the epoch is part of a page's key: a later page, with
 * fewer orders, never takes the place of an earlier one, and the orders are the union of all pages.
 */
import type { CountedEvent } from '#platform/fold/definition.ts';
import { type Mutation, put, type Row } from '#platform/tables/tables.ts';
import { chunkOf, type Layout, orderLog, placeOf, rawOrders } from './tables.ts';
import { type DatedOrder, offsetOf, type UserOrder } from './tally.ts';

/** Orders on one page of the order log. With ids of the greatest length and every byte escaped, a page stays below 200 kB. */
const PAGE_ORDERS_MAX = 100;

/** A counted order as the order log keeps it. */
export interface LoggedOrder {
  readonly offset: number;
  readonly user_id: string;
  readonly ts: number;
  readonly menu_type: string;
  readonly order_id: string | null;
}

type LogEntry = readonly [offset: number, userId: string, ts_ms: number, menuType: string, orderId: string | null];

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

/** A page of a user's orders, each as the user's state has it, oldest first. */
export function userPage(userId: string, orders: readonly string[], layout: Layout): Mutation {
  const last = offsetOf(orders.at(-1) as string);
  const { bucket } = placeOf(userId, layout);
  return put(rawOrders, { bucket, user_id: userId, offset: last, orders: `[${orders.join(',')}]` }, last);
}

/** The orders on a page of the order log. */
export function ordersOfLogPage({ orders }: Pick<Row<typeof orderLog>, 'orders'>): LoggedOrder[] {
  const entries: readonly LogEntry[] = JSON.parse(orders);
  return entries.map(([offset, user_id, ts, menu_type, order_id]) => ({ offset, user_id, ts, menu_type, order_id }));
}

/** The orders on a page of a user, oldest first. */
export function ordersOfUserPage({ orders }: Pick<Row<typeof rawOrders>, 'orders'>): readonly UserOrder[] {
  return JSON.parse(orders);
}

/**
 * The orders below an offset of those of the user's row and of the user's pages, which come as raw_orders has them: the last
 * counted first, each once, though what the row held when it was read may have moved to a page since.
 */
export function earlierThan(below: number, parts: readonly (readonly UserOrder[])[]): UserOrder[] {
  const found: UserOrder[] = [];
  let lowest = below;
  for (const orders of parts) {
    for (const order of orders.toReversed()) {
      const [offset] = order;
      if (offset >= lowest) continue;
      found.push(order);
      lowest = offset;
    }
  }
  return found;
}
