/** Accounts: what each customer's purchases led to, as every shard of two folds tells it. */
import { defineTable } from '#platform/tables/tables.ts';
import { defineFold } from '../../definition.ts';
import { ALL } from '../../totals.ts';
import { noPin, readJson } from './json-fold.ts';
import { ACCOUNTS } from './purchases.ts';

export interface AccountEvent {
  readonly kind: 'bought' | 'settled' | 'reserved' | 'released' | 'bonus';
}

/** How often the account heard of each kind. */
export type Account = Readonly<Record<string, number>>;

export const accountRows = defineTable({
  name: 'accounts',
  columns: { customer: 'text', page: 'text' },
  partitionKey: ['customer'],
  clusteringKey: [],
});

const NEW: Account = {};

export const accountsFold = () =>
  defineFold({
    name: 'accounts',
    topic: ACCOUNTS,
    group: 'accounts',
    rejectedTopic: 'rejected',
    totalsTopic: 'accounts-totals',
    measures: { notices: { nonNegative: true } },
    pin: noPin,
    read: (record) => readJson<AccountEvent>(record),
    pages: { table: accountRows, keyOf: (customer) => ({ customer }) },
    initial: NEW,
    encode: (state) => JSON.stringify(state),
    decode: (value) => value as Account,
    fold: (state, { kind }) => ({
      outcome: 'counted',
      state: { ...state, [kind]: (state[kind] ?? 0) + 1 },
      totals: [{ period: ALL, name: kind, figures: { notices: 1 } }],
    }),
  });
