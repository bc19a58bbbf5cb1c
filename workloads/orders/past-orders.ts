/**
 * The identities of orders that are on a user's pages, in past_orders by spans of their time (spans.ts). They are written with the page
 * (order-pages.ts), at the offset of the order that completed it. An order that is not later than all of them is looked up among
 * them: it may repeat one (decision 15).
 */
import type { Lookup } from '#platform/fold/lookup.ts';
import { type Mutation, put, type Row } from '#platform/tables/tables.ts';
import { spanOf } from './spans.ts';
import { type Layout, pastOrders, placeOf } from './tables.ts';
import { type DatedOrder, identityOf, mayBePast, type UserPage, type UserState } from './tally.ts';

/** The rows of a page that the order at `offset` completed: one for each span of the page's orders. */
export function pastRows(userId: string, { orders, filed }: UserPage, offset: number, layout: Layout): Mutation[] {
  const identities = new Map<string, string[]>();
  for (const order of orders) {
    const span = spanOf(order[1], filed);
    const ofSpan = identities.get(span);
    if (ofSpan) ofSpan.push(identityOf(order));
    else identities.set(span, [identityOf(order)]);
  }
  const { bucket } = placeOf(userId, layout);
  return [...identities].map(([span, ofSpan]) =>
    put(pastOrders, { bucket, user_id: userId, span, offset, identities: JSON.stringify(ofSpan) }, offset),
  );
}

/** The identities on one row. */
export function identitiesOf({ identities }: Pick<Row<typeof pastOrders>, 'identities'>): readonly string[] {
  return JSON.parse(identities);
}

/** What an order finds: the identities on pages of its user, of each span in which it lies. */
export type PastIdentities = readonly ReadonlySet<string>[];

/** Where orders are looked up that may repeat one on a page. */
export function pastLookup(layout: Layout): Lookup<DatedOrder, UserState, Set<string>> {
  return {
    table: pastOrders,
    within(user, { order }) {
      if (!mayBePast(user, order)) return NOWHERE;
      const { userId, ts_ms } = order;
      const { bucket } = placeOf(userId, layout);
      return user.filed.map((length) => ({ bucket, user_id: userId, span: spanOf(ts_ms, length) }));
    },
    empty: () => new Set(),
    add(found, { identities }) {
      for (const identity of identitiesOf({ identities: String(identities) })) found.add(identity);
    },
  };
}

const NOWHERE: readonly [] = [];
