/** The stock of a product as an aggregate of constant size: one shard decides about it, in order, so that it is never oversold. */
import { defineTable } from '#platform/tables/tables.ts';
import { type At, defineFold, type Emission } from '../definition.ts';
import { recordJson } from '../record-json.ts';
import { type Answer, aggregate, type Decision } from './aggregate.ts';

export type StockCommand =
  | { readonly kind: 'restock'; readonly quantity: number; readonly command_id: string }
  | { readonly kind: 'reserve' | 'release'; readonly quantity: number; readonly order_id: string; readonly command_id?: undefined };

export type StockFact = { readonly kind: 'restocked' | 'reserved' | 'released'; readonly quantity: number };

export interface StockRefusal {
  readonly reason: 'out_of_stock';
}

export interface Stock {
  readonly left: number;
  readonly held: number;
}

function decide({ kind, quantity }: StockCommand, { left }: Stock): Decision<StockFact, StockRefusal> {
  if (kind === 'restock') return { facts: [{ kind: 'restocked', quantity }] };
  if (kind === 'release') return { facts: [{ kind: 'released', quantity }] };
  return quantity <= left ? { facts: [{ kind: 'reserved', quantity }] } : { refusal: { reason: 'out_of_stock' } };
}

function evolve({ left, held }: Stock, { kind, quantity }: StockFact): Stock {
  if (kind === 'restocked') return { left: left + quantity, held };
  return kind === 'reserved' ? { left: left - quantity, held: held + quantity } : { left: left + quantity, held: held - quantity };
}

/** The order waits for a reply to what it reserves, and for none to what it releases. */
function answer(command: StockCommand, { ok }: Answer<StockRefusal>, { key: product_id }: At): Emission<'orders'>[] {
  if (command.kind !== 'reserve') return [];
  return [{ topic: 'orders', key: command.order_id, value: JSON.stringify({ kind: ok ? 'reserved' : 'rejected', product_id }) }];
}

const stockPages = defineTable({
  name: 'stock',
  columns: { product_id: 'text', page: 'text' },
  partitionKey: ['product_id'],
  clusteringKey: [],
});

export const stock = defineFold({
  name: 'stock',
  topic: 'stock',
  group: 'stock',
  rejectedTopic: 'stock-rejected',
  emits: ['orders'],
  measures: {},
  pin: () => ({ ok: true, fingerprint: 'stock', pin: undefined }),
  read: (record) => ({ ok: true, key: String(record.key), event: recordJson(record.value) as StockCommand, periods: [] }),
  pages: { table: stockPages, keyOf: (product_id) => ({ product_id }) },
  ...aggregate({ initial: { left: 0, held: 0 }, decode: (value) => value as Stock, decide, evolve, answer }),
});
