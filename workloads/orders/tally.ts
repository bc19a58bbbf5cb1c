/** The fold of the order stream: a user's state and an order give the next state and what changes in the totals. Pure. */
import type { Effects, TotalChange } from '#platform/fold/definition.ts';
import { ALL } from '#platform/fold/totals.ts';
import type { OrderMeasure } from './measures.ts';
import type { Menu } from './menu.ts';
import type { Order } from './order.ts';
import { preferenceAfter } from './preference.ts';
import { type SpanLength, spanLengthFor } from './spans.ts';

/** The last orders of a user, which stay in the user's own row. */
export const RECENT_ORDERS = 32;
/** The fewest orders on a page of raw_orders. A user's own row holds those that do not make a page yet beside the last ones. */
export const USER_PAGE_ORDERS_MIN = 8;
/** The most: those of a user who orders so often that the partition would be written to as often as they order. */
export const USER_PAGE_ORDERS_MAX = 128;
/** A page that is not full is due when the first of its orders is so many offsets old: about a flush that is full. */
export const USER_PAGE_OFFSETS = 10_000;

/** A counted order as its user's row and pages keep it. */
export type UserOrder = readonly [offset: number, ts_ms: number, menuType: string, orderId: string | null];

/** A user as the fold knows them. Immutable. */
export interface UserState {
  /** Orders by menu type. */
  readonly counts: ReadonlyMap<string, number>;
  /** Segment by dimension. */
  readonly segments: ReadonlyMap<string, string>;
  /** The last orders that were counted, oldest first: all that are on no page. Each as the JSON of a UserOrder, which takes half the memory. */
  readonly recent: readonly string[];
  /** The latest time of an order on a page, in milliseconds since the epoch; -1 while there is none. */
  readonly paged_ms: number;
  /** The spans under which the orders on pages are filed (past-orders.ts). */
  readonly filed: readonly SpanLength[];
}

export const NEW_USER: UserState = { counts: new Map(), segments: new Map(), recent: [], paged_ms: -1, filed: [] };

/** An order and the day that it counts for. */
export interface DatedOrder {
  readonly order: Order;
  readonly day: string;
}

/** A user's oldest orders but those on pages before, now that they fill one. */
export interface UserPage {
  /** As the user's state had them. */
  readonly texts: readonly string[];
  readonly orders: readonly UserOrder[];
  /** The spans under which they are filed. */
  readonly filed: SpanLength;
}

/** What became of an order. `page`: the one that it completed. */
export type TalliedOrder =
  | { readonly outcome: 'repeated' }
  | ({ readonly outcome: 'counted'; readonly page?: UserPage } & Effects<UserState, never, never, OrderMeasure>);

/**
 * Folds one order, which must be on the menu, into its user's state.
 * @param past the identities on the user's pages, of each span in which the order lies; needed where it `mayBePast`
 */
export function tally(
  menu: Menu,
  user: UserState,
  { order, day }: DatedOrder,
  offset: number,
  past: readonly ReadonlySet<string>[] | undefined,
): TalliedOrder {
  const { menuType, orderId, ts_ms } = order;
  if (!past && mayBePast(user, order)) throw new Error('an order that may repeat one on a page was not looked up');
  const kept: UserOrder = [offset, ts_ms, menuType, orderId];
  if (isInRow(user.recent, kept) || past?.some((identities) => identities.has(identityOf(kept)))) return { outcome: 'repeated' };
  const dimension = menu.dimensionOf(menuType);
  if (dimension === undefined) throw new Error(`${menuType} is not on the menu`);
  const counts = new Map(user.counts).set(menuType, (user.counts.get(menuType) ?? 0) + 1);
  const from = user.segments.get(dimension);
  const to = preferenceAfter(counts, from, menuType);
  const segments = from === to ? user.segments : new Map(user.segments).set(dimension, to);
  const recent = [...user.recent, encodeUserOrder(kept)];
  const effects = { totals: totalChanges(menuType, day, from, to), touched: from === to ? [] : from === undefined ? [to] : [from, to] };
  const { paged_ms, filed } = user;
  const onPage = pageLength(recent, offset);
  if (onPage === 0) return { outcome: 'counted', state: { counts, segments, recent, paged_ms, filed }, ...effects };
  const page = pageOf(recent.slice(0, onPage), paged_ms);
  const state: UserState = {
    counts,
    segments,
    recent: recent.slice(onPage),
    paged_ms: page.orders.reduce((latest_ms, [, at_ms]) => Math.max(latest_ms, at_ms), paged_ms),
    filed: filed.includes(page.filed) ? filed : [...filed, page.filed],
  };
  return { outcome: 'counted', state, ...effects, page };
}

function pageOf(texts: readonly string[], paged_ms: number): UserPage {
  const orders: readonly UserOrder[] = JSON.parse(`[${texts.join(',')}]`);
  const times_ms = orders.map(([, ts_ms]) => ts_ms);
  return { texts, orders, filed: spanLengthFor(times_ms, paged_ms) };
}

export function encodeUserOrder(order: UserOrder): string {
  return JSON.stringify(order);
}

/**
 * How many of the oldest orders, all but the last 32, make a page now that one was counted at `offset`. It follows from the
 * orders alone, not from how they are flushed. What a burst left in the row goes with the user's next order, however few came since.
 */
function pageLength(recent: readonly string[], offset: number): number {
  const length = recent.length - RECENT_ORDERS;
  if (length < USER_PAGE_ORDERS_MIN) return 0;
  const offsets = offset - offsetOf(recent[0] as string);
  return length >= USER_PAGE_ORDERS_MAX || offsets >= USER_PAGE_OFFSETS ? length : 0;
}

/** The offset with which the JSON of a UserOrder begins. */
export function offsetOf(order: string): number {
  return Number.parseInt(order.slice(1), 10);
}

/** What makes two orders of a user one: the time, and the id or, where there is none, what was ordered. */
export function identityOf([, ts_ms, menuType, orderId]: UserOrder): string {
  return orderId === null ? `t${ts_ms}/${menuType}` : `i${ts_ms}/${orderId}`;
}

/** Whether an order may repeat one on a page: one that is later than all of those cannot. */
export function mayBePast(user: UserState, { ts_ms }: Order): boolean {
  return ts_ms <= user.paged_ms;
}

/**
 * Whether the user's row holds this order. Its time stands behind the first comma of a text. Where the rest of its identity would stand is
 * no part of another value: a quotation mark within one has a backslash before it, no comma.
 */
function isInRow(recent: readonly string[], [, ts_ms, menuType, orderId]: UserOrder): boolean {
  const ending = orderId === null ? `,${JSON.stringify(menuType)},null]` : `,${JSON.stringify(orderId)}]`;
  return recent.some((order) => order.endsWith(ending) && order.startsWith(`${ts_ms},`, order.indexOf(',') + 1));
}

type OrderChange = TotalChange<OrderMeasure>;
const ORDERED: OrderChange['figures'] = { orders: 1 };
const ENTERED: OrderChange['figures'] = { users: 1 };
const LEFT: OrderChange['figures'] = { users: -1 };

function totalChanges(menuType: string, day: string, from: string | undefined, to: string): OrderChange[] {
  const changes: OrderChange[] = [
    { period: ALL, name: menuType, figures: ORDERED },
    { period: day, name: menuType, figures: ORDERED },
  ];
  if (from === to) return changes;
  if (from !== undefined) changes.push({ period: ALL, name: from, figures: LEFT });
  changes.push({ period: ALL, name: to, figures: ENTERED });
  return changes;
}
