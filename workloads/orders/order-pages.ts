/**
 * The order log's pages (decision 11): the orders that one flush counted, up to a hundred in a row.
 *
 * An order may stand on more than one page. After a crash the next owner writes again what may not have arrived, and
 * leaves out orders whose users' rows vouch for them; its pages begin and end where its own flush does. So the epoch is
 * part of a page's key: a later page, with fewer orders, never takes the place of an earlier one, and the order log is
 * the union of all pages.
 */
import type { CountedEvent } from '#platform/fold/definition.ts';
import { type Mutation, put, type Row } from '#platform/tables/tables.ts';
import { chunkOf, orderLog } from './tables.ts';
import type { DatedOrder } from './tally.ts';

/** Orders on one page. With ids of the greatest length and every byte escaped, a page stays below 200 kB. */
const PAGE_ORDERS_MAX = 100;

/** A counted order as the order log keeps it. */
export interface LoggedOrder {
  readonly offset: number;
  readonly user_id: string;
  readonly ts: number;
  readonly menu_type: string;
  readonly order_id: string | null;
}

type PageEntry = readonly [offset: number, userId: string, ts_ms: number, menuType: string, orderId: string | null];

/** The pages of counted orders, which are in the order of the log. No page reaches over two chunks. */
export function orderPages(events: readonly CountedEvent<DatedOrder>[], shard: number, epoch: number): Mutation[] {
  const pages: Mutation[] = [];
  let entries: PageEntry[] = [];
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

/** The orders on a page. */
export function ordersOfPage({ orders }: Pick<Row<typeof orderLog>, 'orders'>): LoggedOrder[] {
  const entries: readonly PageEntry[] = JSON.parse(orders);
  return entries.map(([offset, user_id, ts, menu_type, order_id]) => ({ offset, user_id, ts, menu_type, order_id }));
}
