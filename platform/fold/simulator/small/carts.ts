/** Carts: one that nobody touches for a while is abandoned, and its user is reminded of it three times, unless something happens. */
import { defineTable } from '#platform/tables/tables.ts';
import { type At, defineFold, type Effects, type Folded } from '../../definition.ts';
import { ALL } from '../../totals.ts';
import { type Keyed, noPin, readJson } from './json-fold.ts';

export const CARTS = 'carts';
export const MAILS = 'mails';
export const IDLE_MS = 2_000;
export const REMIND_MS = 1_000;
export const REMINDERS = 3;

export type CartEvent =
  /** Of a client. */
  | { readonly kind: 'touch' | 'buy' }
  /** What the delays bring back: when a cart may be idle, and when a reminder is due. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'remind'; readonly abandoned: number; readonly step: number }
  /** What mails answer. */
  | { readonly kind: 'mailed'; readonly mails: number };

export interface Cart {
  /** Empty before the first event. */
  readonly user: string;
  readonly touches: number;
  readonly bought: number;
  /** When it is abandoned, unless it is touched before. */
  readonly due_ms: number | null;
  readonly abandoned: number;
  readonly reminders: number;
  /** Records that came back in vain. */
  readonly idle: number;
  readonly mailed: number;
}

export const cartRows = defineTable({ name: 'carts', columns: { user: 'text', page: 'text' }, partitionKey: ['user'], clusteringKey: [] });

const NEW: Cart = { user: '', touches: 0, bought: 0, due_ms: null, abandoned: 0, reminders: 0, idle: 0, mailed: 0 };
type Delays = 'idle' | 'remind';

export const cartsFold = () =>
  defineFold({
    name: 'carts',
    topic: CARTS,
    group: 'carts',
    rejectedTopic: 'rejected',
    emits: [MAILS],
    delays: { idle: { duration_ms: IDLE_MS }, remind: { duration_ms: REMIND_MS } },
    measures: { carts: { nonNegative: true } },
    pin: noPin,
    read: (record) => readJson<CartEvent>(record),
    pages: { table: cartRows, keyOf: (user) => ({ user }) },
    initial: NEW,
    encode: (state) => JSON.stringify(state),
    decode: (value) => value as Cart,
    fold: foldCart,
    expiry: { due_ms: ({ due_ms }) => due_ms ?? undefined, expire },
  });

/** Whatever comes when the time has passed: the cart was abandoned before it. */
function expire(state: Cart): Effects<Cart, typeof MAILS, Delays, 'carts'> {
  const abandoned = state.abandoned + 1;
  const key = state.user;
  return {
    state: { ...state, due_ms: null, abandoned },
    totals: [{ period: ALL, name: 'abandoned', figures: { carts: 1 } }],
    emits: [{ topic: MAILS, key, value: '{"kind":"abandoned"}' }],
    after: [{ delay: 'remind', key, value: JSON.stringify({ kind: 'remind', abandoned, step: 1 }) }],
  };
}

function foldCart(before: Cart, event: Keyed<CartEvent>, { time_ms }: At): Folded<Cart, typeof MAILS, Delays, 'carts'> {
  const { key } = event;
  const state = { ...before, user: key };
  switch (event.kind) {
    case 'touch': {
      const after = [{ delay: 'idle', key, value: '{"kind":"idle"}' }] as const;
      return { outcome: 'counted', state: { ...state, touches: state.touches + 1, due_ms: time_ms + IDLE_MS }, after };
    }
    case 'buy': {
      if (state.touches === state.bought) return { outcome: 'refused', state };
      const totals = [{ period: ALL, name: 'bought', figures: { carts: 1 } }];
      return { outcome: 'counted', state: { ...state, bought: state.touches, due_ms: null }, totals };
    }
    case 'mailed':
      return { outcome: 'counted', state: { ...state, mailed: state.mailed + event.mails } };
    case 'idle':
      return { outcome: 'counted', state: { ...state, idle: state.idle + 1 } };
    case 'remind':
      return remind(state, event);
  }
}

/** A reminder matters while the cart is still the one that was abandoned. */
function remind(state: Cart, { key, abandoned, step }: Keyed<CartEvent & { kind: 'remind' }>): Folded<Cart, typeof MAILS, Delays, 'carts'> {
  if (state.due_ms !== null || state.abandoned !== abandoned || state.bought === state.touches)
    return { outcome: 'counted', state: { ...state, idle: state.idle + 1 } };
  const next = JSON.stringify({ kind: 'remind', abandoned, step: step + 1 });
  return {
    outcome: 'counted',
    state: { ...state, reminders: state.reminders + 1 },
    emits: [{ topic: MAILS, key, value: '{"kind":"reminder"}' }],
    after: step < REMINDERS ? [{ delay: 'remind', key, value: next }] : [],
  };
}
