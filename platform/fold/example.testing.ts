/** A fold with an emission and a delay: the example of decision 14. Carts that are left alone for ten minutes get one reminder. */
import { defineTable } from '#platform/tables/tables.ts';
import { defineFold } from './definition.ts';
import { recordJson } from './record-json.ts';

export const cartPages = defineTable({
  name: 'cart_pages',
  columns: { user_id: 'text', page: 'text' },
  partitionKey: ['user_id'],
  clusteringKey: [],
});

interface CartEvent {
  readonly user: string;
  readonly kind: 'added' | 'bought' | 'left';
}

interface Cart {
  readonly items: number;
  /** When the cart counts as left, in milliseconds since the epoch. */
  readonly left_ms?: number;
}

const LEFT_AFTER_MS = 10 * 60_000;

export const carts = defineFold({
  name: 'carts',
  topic: 'cart-events',
  group: 'carts',
  rejectedTopic: 'cart-events-rejected',
  emits: ['reminders'],
  delays: { left: { duration_ms: LEFT_AFTER_MS } },
  measures: { reminders: { nonNegative: true } },
  pin: () => ({ ok: true, fingerprint: '1', pin: undefined }),
  read(record) {
    const event = recordJson(record.value) as CartEvent | undefined;
    if (typeof event?.user !== 'string') return { ok: false, reason: 'it names no user' };
    return { ok: true, key: event.user, event, periods: [] };
  },
  pages: { table: cartPages, keyOf: (user_id) => ({ user_id }) },
  initial: { items: 0 },
  encode: (cart: Cart) => JSON.stringify(cart),
  decode: (value) => value as Cart,
  fold(cart, event: CartEvent, at) {
    if (event.kind === 'left') return { outcome: 'repeated' }; // What it brings about, the deadline has done.
    if (event.kind === 'bought') return { outcome: 'counted', state: { items: 0 } };
    return {
      outcome: 'counted',
      state: { items: cart.items + 1, left_ms: at.time_ms + LEFT_AFTER_MS },
      after: [{ delay: 'left', key: event.user, value: JSON.stringify({ user: event.user, kind: 'left' }) }],
    };
  },
  expiry: {
    due_ms: (cart) => cart.left_ms,
    expire: (cart, { key }) => ({
      state: { items: cart.items },
      emits: [{ topic: 'reminders', key, value: JSON.stringify({ user: key, items: cart.items }) }],
      totals: [{ period: 'all', name: 'carts', figures: { reminders: 1 } }],
    }),
  },
});
