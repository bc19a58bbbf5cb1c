/**
 * Purchases: each reserves of an item, is told whether there is enough, and may be cancelled meanwhile. Every command has an id and
 * an answer; the same command gets the same answer again, a refusal too.
 */
import { defineTable } from '#platform/tables/tables.ts';
import { type At, defineFold, type Emission, type Folded } from '../../definition.ts';
import { ALL } from '../../totals.ts';
import { type Keyed, noPin, readJson } from './json-fold.ts';

export const PURCHASES = 'purchases';
export const ITEMS = 'items';
export const ACCOUNTS = 'accounts';
/** The answers to commands: nobody in the pipeline reads them. */
export const ANSWERS = 'answers';

/** A command of a client. */
export type Command = { readonly id: string } & (
  | { readonly kind: 'buy'; readonly item: string; readonly count: number; readonly customer: string }
  /** Refused unless the purchase is at that version. */
  | { readonly kind: 'note'; readonly expected: number }
  | { readonly kind: 'cancel' }
);

/** What an item answers to a purchase. */
export interface Reply {
  readonly kind: 'reply';
  readonly isReserved: boolean;
}

export interface Purchase {
  readonly status: string;
  readonly item: string;
  readonly count: number;
  readonly customer: string;
  /** Goes up with every command that is not refused. */
  readonly version: number;
  /** The answer to each command so far, by its id. */
  readonly answers: Readonly<Record<string, string>>;
}

export const purchaseRows = defineTable({
  name: 'purchases',
  columns: { purchase: 'text', page: 'text' },
  partitionKey: ['purchase'],
  clusteringKey: [],
});

const NEW: Purchase = { status: 'new', item: '', count: 0, customer: '', version: 0, answers: {} };
type Outcome = Folded<Purchase, typeof ITEMS | typeof ACCOUNTS | typeof ANSWERS, never, 'commands'>;

/**
 * @param extra what else a purchase that begins emits: nothing, but in a mutant
 */
export const purchasesFold = (extra: (at: At) => readonly Emission<typeof ACCOUNTS>[] = () => []) =>
  defineFold({
    name: 'purchases',
    topic: PURCHASES,
    group: 'purchases',
    rejectedTopic: 'rejected',
    emits: [ITEMS, ACCOUNTS, ANSWERS],
    measures: { commands: { nonNegative: true } },
    pin: noPin,
    read: (record) => readJson<Command | Reply>(record),
    pages: { table: purchaseRows, keyOf: (purchase) => ({ purchase }) },
    initial: NEW,
    encode: (state) => JSON.stringify(state),
    decode: (value) => value as Purchase,
    fold: (state, event, at): Outcome => {
      if (event.kind === 'reply') return foldReply(state, event);
      const answer = state.answers[event.id];
      if (answer !== undefined) return { outcome: 'repeated', emits: [answerOf(event.key, event.id, answer)] };
      return event.kind === 'buy' ? foldBuy(state, event, extra(at)) : foldOther(state, event);
    },
  });

function foldBuy(state: Purchase, buy: Keyed<Command & { kind: 'buy' }>, extra: readonly Emission<typeof ACCOUNTS>[]): Outcome {
  const { id, key, item, count, customer } = buy;
  if (state.status !== 'new') return answered(state, buy, 'refused', 'there is one', []);
  const reserve = JSON.stringify({ kind: 'reserve', purchase: key, count, customer });
  return answered({ ...state, status: 'waiting', item, count, customer }, buy, 'counted', `bought by ${id}`, [
    { topic: ITEMS, key: item, value: reserve },
    { topic: ITEMS, key: item, value: '{"kind":"look"}' },
    { topic: ACCOUNTS, key: customer, value: '{"kind":"bought"}' },
    ...extra,
  ]);
}

function foldOther(state: Purchase, command: Keyed<Command & { kind: 'note' | 'cancel' }>): Outcome {
  if (command.kind === 'note') {
    if (command.expected !== state.version) return answered(state, command, 'refused', `at ${state.version}`, []);
    return answered(state, command, 'counted', 'noted', []);
  }
  if (state.status !== 'waiting') return answered(state, command, 'refused', `is ${state.status}`, []);
  return answered({ ...state, status: 'cancelling' }, command, 'counted', 'cancelled', []);
}

function answered(
  state: Purchase,
  { id, key, kind }: Keyed<Command>,
  outcome: 'counted' | 'refused',
  answer: string,
  emits: readonly Emission<typeof ITEMS | typeof ACCOUNTS>[],
): Outcome {
  return {
    outcome,
    state: { ...state, version: state.version + (outcome === 'counted' ? 1 : 0), answers: { ...state.answers, [id]: answer } },
    totals: [{ period: ALL, name: outcome === 'counted' ? kind : 'refused', figures: { commands: 1 } }],
    emits: [answerOf(key, id, answer), ...emits],
  };
}

function answerOf(key: string, id: string, answer: string): Emission<typeof ANSWERS> {
  return { topic: ANSWERS, key, value: `${id}: ${answer}` };
}

function foldReply(state: Purchase, { key, isReserved }: Keyed<Reply>): Outcome {
  const { item, count, customer } = state;
  if (state.status === 'waiting') {
    const settled: Emission<typeof ACCOUNTS> = { topic: ACCOUNTS, key: customer, value: '{"kind":"settled"}' };
    return { outcome: 'counted', state: { ...state, status: isReserved ? 'confirmed' : 'refused' }, emits: [settled] };
  }
  // A second reply would mean that somebody counted twice.
  if (state.status !== 'cancelling') return { outcome: 'counted', state: { ...state, status: 'answered twice' } };
  const release = JSON.stringify({ kind: 'release', purchase: key, count, customer });
  return {
    outcome: 'counted',
    state: { ...state, status: 'cancelled' },
    emits: isReserved ? [{ topic: ITEMS, key: item, value: release }] : [],
  };
}
