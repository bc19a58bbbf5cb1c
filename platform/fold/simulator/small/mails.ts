/** Mails: what a user is to be told is gathered for a moment, sent as one, and the cart hears of it. */
import { defineTable } from '#platform/tables/tables.ts';
import { defineFold, type Folded } from '../../definition.ts';
import { CARTS, MAILS } from './carts.ts';
import { type Keyed, noPin, readJson } from './json-fold.ts';

export const GATHER_MS = 500;

export interface MailEvent {
  /** `gather`: the moment is over. */
  readonly kind: 'abandoned' | 'reminder' | 'gather';
}

export interface Mailbox {
  /** To be told. */
  readonly waiting: number;
  readonly told: number;
  readonly mails: number;
}

export const mailRows = defineTable({ name: 'mails', columns: { user: 'text', page: 'text' }, partitionKey: ['user'], clusteringKey: [] });

const NEW: Mailbox = { waiting: 0, told: 0, mails: 0 };

export const mailsFold = () =>
  defineFold({
    name: 'mails',
    topic: MAILS,
    group: 'mails',
    rejectedTopic: 'rejected',
    emits: [CARTS],
    delays: { gather: { duration_ms: GATHER_MS } },
    measures: {},
    pin: noPin,
    read: (record) => readJson<MailEvent>(record),
    pages: { table: mailRows, keyOf: (user) => ({ user }) },
    initial: NEW,
    encode: (state) => JSON.stringify(state),
    decode: (value) => value as Mailbox,
    fold: foldMail,
  });

function foldMail(state: Mailbox, { key, kind }: Keyed<MailEvent>): Folded<Mailbox, typeof CARTS, 'gather', never> {
  if (kind !== 'gather') {
    const after = state.waiting === 0 ? [{ delay: 'gather', key, value: '{"kind":"gather"}' } as const] : [];
    return { outcome: 'counted', state: { ...state, waiting: state.waiting + 1 }, after };
  }
  return {
    outcome: 'counted',
    state: { waiting: 0, told: state.told + state.waiting, mails: state.mails + 1 },
    emits: [{ topic: CARTS, key, value: JSON.stringify({ kind: 'mailed', mails: state.waiting }) }],
  };
}
