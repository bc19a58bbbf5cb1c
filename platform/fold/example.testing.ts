/** A fold with an emission and a delay: the example of decision 14. Carts that are left alone for ten minutes get one reminder. */
import { z } from 'zod';
import { defineTable } from '#platform/tables/tables.ts';
import { defineFold } from './definition.ts';
import { recordJson } from './record-json.ts';

export const cartPages = defineTable({
  name: 'cart_pages',
  columns: { user_id: 'text', page: 'text' },
  partitionKey: ['user_id'],
  clusteringKey: [],
});

const cartEvent = z.object({ user: z.string().min(1), kind: z.enum(['added', 'bought', 'abandoned']) });
type CartEvent = z.infer<typeof cartEvent>;

interface Cart {
  readonly items: number;
  /** When the cart counts as abandoned, in milliseconds since the epoch. */
  readonly abandoned_ms?: number;
}

const ABANDONED_AFTER_MS = 10 * 60_000;

export const carts = defineFold({
  name: 'carts',
  topic: 'cart-events',
  group: 'carts', // Its consumer group.
  rejectedTopic: 'cart-events-rejected', // Where records go that `read` cannot take.
  emits: ['reminders'],
  delays: { abandoned: { duration_ms: ABANDONED_AFTER_MS } },
  measures: { reminders: { nonNegative: true } },
  pin: () => ({ ok: true, fingerprint: '1', pin: undefined }), // What all owners of its shards must agree on: change it with the rules.
  read(record) {
    const { success, data } = cartEvent.safeParse(recordJson(record.value));
    if (!success) return { ok: false, reason: 'it is no event of a cart' };
    return { ok: true, key: data.user, event: data, periods: [] }; // `periods`: beside `all`, those whose totals it may change.
  },
  pages: { table: cartPages, keyOf: (user_id) => ({ user_id }) },
  initial: { items: 0 },
  encode: (cart: Cart) => JSON.stringify(cart),
  decode: (value) => value as Cart,
  fold(cart, event: CartEvent, at) {
    if (event.kind === 'abandoned') return { outcome: 'repeated' }; // What it brings about, the deadline has done.
    if (event.kind === 'bought') return { outcome: 'counted', state: { items: 0 } };
    return {
      outcome: 'counted',
      state: { items: cart.items + 1, abandoned_ms: at.time_ms + ABANDONED_AFTER_MS },
      after: [{ delay: 'abandoned', key: event.user, value: JSON.stringify({ user: event.user, kind: 'abandoned' }) }],
    };
  },
  expiry: {
    due_ms: (cart) => cart.abandoned_ms,
    expire: (cart, { key }) => ({
      state: { items: cart.items },
      emits: [{ topic: 'reminders', key, value: JSON.stringify({ user: key, items: cart.items }) }],
      totals: [{ period: 'all', name: 'carts', figures: { reminders: 1 } }],
    }),
  },
});
