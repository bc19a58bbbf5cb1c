/** The fold of the order stream: a user's state and an order give the next state and what changes in the totals. Pure. */
import type { Tallied, TotalChange } from '#platform/fold/definition.ts';
import { ALL } from '#platform/fold/totals.ts';
import type { OrderMeasure } from './measures.ts';
import type { Menu } from './menu.ts';
import type { Order } from './order.ts';
import { preferenceAfter } from './preference.ts';

/** An order that repeats one of so many orders before it, of the same user, is a duplicate. */
export const RECENT_ORDERS = 32;
/** The fewest orders on a page of raw_orders. A user's own row holds those that do not make a page yet beside the recent ones. */
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
  readonly lsn: number;
}

export const NEW_USER: UserState = { counts: new Map(), segments: new Map(), recent: [], lsn: -1 };

/** An order and the day that it counts for. */
export interface DatedOrder {
  readonly order: Order;
  readonly day: string;
}

/** What became of an order. `page`: the user's oldest orders but those on pages before, now that they fill one. */
export type TalliedOrder = Tallied<UserState> & { readonly page?: readonly string[] };

/** Folds one order, which must be on the menu, into its user's state. */
export function tally(menu: Menu, user: UserState, { order, day }: DatedOrder, offset: number): TalliedOrder {
  const { menuType, orderId, ts_ms } = order;
  if (isRepeated(user.recent, order)) return { kind: 'duplicate', state: { ...user, lsn: offset } };
  const dimension = menu.dimensionOf(menuType);
  if (dimension === undefined) throw new Error(`${menuType} is not on the menu`);
  const counts = new Map(user.counts).set(menuType, (user.counts.get(menuType) ?? 0) + 1);
  const from = user.segments.get(dimension);
  const to = preferenceAfter(counts, from, menuType);
  const segments = from === to ? user.segments : new Map(user.segments).set(dimension, to);
  const recent = [...user.recent, encodeUserOrder([offset, ts_ms, menuType, orderId])];
  const onPage = pageLength(recent, offset);
  return {
    kind: 'counted',
    state: { counts, segments, recent: onPage === 0 ? recent : recent.slice(onPage), lsn: offset },
    totals: totalChanges(menuType, day, from, to),
    touched: from === to ? [] : from === undefined ? [to] : [from, to],
    ...(onPage === 0 ? {} : { page: recent.slice(0, onPage) }),
  };
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

/**
 * Whether the last orders hold this one: told by its id, or, where neither has one, by what was ordered when. Where in the
 * texts it would stand is no part of another value: a quotation mark within one has a backslash before it, no comma.
 */
function isRepeated(recent: readonly string[], { orderId, ts_ms, menuType }: Order): boolean {
  const ending = orderId === null ? `,${ts_ms},${JSON.stringify(menuType)},null]` : `,${JSON.stringify(orderId)}]`;
  const first = Math.max(0, recent.length - RECENT_ORDERS);
  return recent.some((order, index) => index >= first && order.endsWith(ending));
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
