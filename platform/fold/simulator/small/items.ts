/** Items: what is left of each, who has reserved of it, and which two of a shard were reserved most often. */
import { defineTable, put } from '#platform/tables/tables.ts';
import { defineFold, type Folded } from '../../definition.ts';
import type { Join } from '../../join.ts';
import { ALL } from '../../totals.ts';
import { type Keyed, noPin, readJson } from './json-fold.ts';
import { ACCOUNTS, ITEMS, PURCHASES } from './purchases.ts';

/** What there is of an item at first. */
export const STOCK = 3;
/** Items in the list of a shard. */
export const TOP = 2;

export type ItemEvent =
  | { readonly kind: 'reserve' | 'release'; readonly purchase: string; readonly count: number; readonly customer: string }
  | { readonly kind: 'look' }
  /** Of a client. */
  | { readonly kind: 'restock'; readonly count: number };

export interface Item {
  readonly left: number;
  readonly held: Readonly<Record<string, number>>;
  readonly looks: number;
  /** Reservations granted. */
  readonly served: number;
  readonly turnedAway: number;
}

export const itemRows = defineTable({ name: 'items', columns: { item: 'text', page: 'text' }, partitionKey: ['item'], clusteringKey: [] });

/** Each reservation. */
export const reservations = defineTable({
  name: 'reservations',
  columns: { item: 'text', offset: 'bigint', purchase: 'text', count: 'int' },
  partitionKey: ['item'],
  clusteringKey: ['offset'],
});

/** Items with the reservations granted, the most first. */
export type Top = readonly (readonly [item: string, served: number])[];

export const topItems: Join<Item, Top> = {
  initial: [],
  merge(top, item, { served }) {
    if (served === 0 || top.some(([other, count]) => other === item && count >= served)) return top;
    const all: Top = [...top.filter(([other]) => other !== item), [item, served]];
    const merged = all.toSorted(([a, more], [b, less]) => less - more || (a < b ? -1 : 1)).slice(0, TOP);
    return JSON.stringify(merged) === JSON.stringify(top) ? top : merged;
  },
  encode: (top) => JSON.stringify(top),
  decode: (value) => value as Top,
};

const NEW: Item = { left: STOCK, held: {}, looks: 0, served: 0, turnedAway: 0 };

/** @param join what a shard keeps of its items: another one in a mutant */
export const itemsFold = (join: Join<Item, Top> = topItems) =>
  defineFold({
    name: 'items',
    topic: ITEMS,
    group: 'items',
    rejectedTopic: 'rejected',
    emits: [PURCHASES, ACCOUNTS],
    measures: { units: { nonNegative: false } },
    pin: noPin,
    read: (record) => readJson<ItemEvent>(record),
    pages: { table: itemRows, keyOf: (item) => ({ item }) },
    initial: NEW,
    encode: (state) => JSON.stringify(state),
    decode: (value) => value as Item,
    fold: (state, event, { offset }) => foldItem(state, event, offset),
    join,
  });

function foldItem(state: Item, event: Keyed<ItemEvent>, offset: number): Folded<Item, typeof PURCHASES | typeof ACCOUNTS, never, 'units'> {
  if (event.kind === 'look') return { outcome: 'counted', state: { ...state, looks: state.looks + 1 } };
  if (event.kind === 'restock') return { outcome: 'counted', state: { ...state, left: state.left + event.count } };
  const { key, purchase, count, customer } = event;
  if (event.kind === 'release') {
    const { [purchase]: _, ...held } = state.held;
    return {
      outcome: 'counted',
      state: { ...state, left: state.left + count, held },
      totals: [{ period: ALL, name: 'reserved', figures: { units: -count } }],
      emits: [{ topic: ACCOUNTS, key: customer, value: '{"kind":"released"}' }],
    };
  }
  const reply = (isReserved: boolean) =>
    ({ topic: PURCHASES, key: purchase, value: JSON.stringify({ kind: 'reply', isReserved }) }) as const;
  if (state.left < count) return { outcome: 'refused', state: { ...state, turnedAway: state.turnedAway + 1 }, emits: [reply(false)] };
  const held = { ...state.held, [purchase]: (state.held[purchase] ?? 0) + count };
  return {
    outcome: 'counted',
    state: { ...state, left: state.left - count, held, served: state.served + 1 },
    totals: [{ period: ALL, name: 'reserved', figures: { units: count } }],
    rows: [put(reservations, { item: key, offset, purchase, count }, offset)],
    emits: [reply(true), { topic: ACCOUNTS, key: customer, value: '{"kind":"reserved"}' }],
  };
}
