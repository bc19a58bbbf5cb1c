/** The fold of the order stream: a user's state and an order give the next state and what changes in the totals. Pure. */
import type { Tallied, TotalChange } from '#platform/fold/definition.ts';
import { ALL } from '#platform/fold/totals.ts';
import type { Menu } from './menu.ts';
import { identityOf, type Order } from './order.ts';
import { preferenceAfter } from './preference.ts';

/** Orders whose identity a user's row remembers: a repetition within them is counted once. */
export const RECENT_ORDERS = 32;

/** A user as the fold knows them. Immutable. */
export interface UserState {
  /** Orders by menu type. */
  readonly counts: ReadonlyMap<string, number>;
  /** Segment by dimension. */
  readonly segments: ReadonlyMap<string, string>;
  /** Identities of the last orders that were counted, oldest first. */
  readonly recent: readonly string[];
  readonly lsn: number;
}

export const NEW_USER: UserState = { counts: new Map(), segments: new Map(), recent: [], lsn: -1 };

/** An order and the day that it counts for. */
export interface DatedOrder {
  readonly order: Order;
  readonly day: string;
}

/** Folds one order, which must be on the menu, into its user's state. */
export function tally(menu: Menu, user: UserState, { order, day }: DatedOrder, offset: number): Tallied<UserState> {
  const identity = identityOf(order);
  if (user.recent.includes(identity)) return { kind: 'duplicate', state: { ...user, lsn: offset } };
  const dimension = menu.dimensionOf(order.menuType);
  if (dimension === undefined) throw new Error(`${order.menuType} is not on the menu`);
  const counts = new Map(user.counts).set(order.menuType, (user.counts.get(order.menuType) ?? 0) + 1);
  const from = user.segments.get(dimension);
  const to = preferenceAfter(counts, from, order.menuType);
  const recent = [...(user.recent.length < RECENT_ORDERS ? user.recent : user.recent.slice(1 - RECENT_ORDERS)), identity];
  const segments = from === to ? user.segments : new Map(user.segments).set(dimension, to);
  return {
    kind: 'counted',
    state: { counts, segments, recent, lsn: offset },
    totals: totalChanges(order.menuType, day, from, to),
    touched: from === to ? [] : from === undefined ? [to] : [from, to],
  };
}

function totalChanges(menuType: string, day: string, from: string | undefined, to: string): TotalChange[] {
  const changes: TotalChange[] = [
    { period: ALL, segment: menuType, orders: 1, users: 0 },
    { period: day, segment: menuType, orders: 1, users: 0 },
  ];
  if (from === to) return changes;
  if (from !== undefined) changes.push({ period: ALL, segment: from, orders: 0, users: -1 });
  changes.push({ period: ALL, segment: to, orders: 0, users: 1 });
  return changes;
}
