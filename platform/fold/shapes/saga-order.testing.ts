/**
 * An order as an aggregate, the orchestrator of its saga: it reserves each of its lines with the stock of the product, waits for all
 * replies, and is confirmed, or releases what was reserved. A deadline or the customer ends the wait.
 */
import { defineTable, put } from '#platform/tables/tables.ts';
import { type At, defineFold, type Effects, type Emission } from '../definition.ts';
import { recordJson } from '../record-json.ts';
import { ALL } from '../totals.ts';
import { type Answer, aggregate, type Change, type Decision } from './aggregate.ts';

export const PATIENCE_MS = 30_000;

export type OrderCommand =
  | { readonly kind: 'place'; readonly command_id: string; readonly lines: Readonly<Record<string, number>> }
  | { readonly kind: 'cancel'; readonly command_id: string; readonly expected_version?: number }
  | { readonly kind: 'reserved' | 'rejected'; readonly product_id: string; readonly command_id?: undefined }
  | { readonly kind: 'deadline'; readonly command_id?: undefined };

type Reason = 'customer' | 'deadline' | 'out_of_stock';

export type OrderFact =
  | { readonly kind: 'placed'; readonly lines: Readonly<Record<string, number>>; readonly due_ms: number }
  | { readonly kind: 'line_reserved' | 'line_rejected'; readonly product_id: string }
  | { readonly kind: 'cancelling'; readonly reason: Reason }
  | { readonly kind: 'confirmed' | 'cancelled' };

export interface OrderRefusal {
  readonly reason: 'exists' | 'unknown_order';
}

interface Line {
  readonly product_id: string;
  readonly quantity: number;
  readonly reply: 'awaited' | 'reserved' | 'rejected';
}

export interface Order {
  readonly status: 'new' | 'pending' | 'confirmed' | 'cancelling' | 'cancelled';
  readonly lines: readonly Line[];
  readonly due_ms: number;
}

const NEW_ORDER: Order = { status: 'new', lines: [], due_ms: 0 };

function decide(command: OrderCommand, order: Order, { time_ms }: At): Decision<OrderFact, OrderRefusal> {
  switch (command.kind) {
    case 'place':
      if (order.status !== 'new') return { refusal: { reason: 'exists' } };
      return { facts: settled(order, [{ kind: 'placed', lines: command.lines, due_ms: time_ms + PATIENCE_MS }]) };
    case 'cancel':
      if (order.status === 'new') return { refusal: { reason: 'unknown_order' } };
      if (order.status === 'cancelling' || order.status === 'cancelled') return { facts: [] };
      return { facts: settled(order, [{ kind: 'cancelling', reason: 'customer' }]) };
    case 'reserved':
      return { facts: settled(order, [{ kind: 'line_reserved', product_id: command.product_id }]) };
    case 'rejected': {
      const ends: OrderFact[] = order.status === 'pending' ? [{ kind: 'cancelling', reason: 'out_of_stock' }] : [];
      return { facts: settled(order, [{ kind: 'line_rejected', product_id: command.product_id }, ...ends]) };
    }
    case 'deadline':
      return { facts: [] }; // The state has expired before, if it was still waiting.
  }
}

/** The facts, and with them the end of the order when no reply is awaited any more. */
function settled(order: Order, facts: readonly OrderFact[]): readonly OrderFact[] {
  const { status, lines } = facts.reduce(evolve, order);
  if (lines.some(({ reply }) => reply === 'awaited')) return facts;
  return [...facts, { kind: status === 'pending' ? 'confirmed' : 'cancelled' }];
}

function evolve(order: Order, fact: OrderFact): Order {
  switch (fact.kind) {
    case 'placed': {
      const lines = Object.entries(fact.lines).map(([product_id, quantity]): Line => ({ product_id, quantity, reply: 'awaited' }));
      return { status: 'pending', lines, due_ms: fact.due_ms };
    }
    case 'line_reserved':
    case 'line_rejected': {
      const reply = fact.kind === 'line_reserved' ? 'reserved' : 'rejected';
      return { ...order, lines: order.lines.map((line) => (line.product_id === fact.product_id ? { ...line, reply } : line)) };
    }
    case 'cancelling':
    case 'confirmed':
    case 'cancelled':
      return { ...order, status: fact.kind };
  }
}

export const orderEvents = defineTable({
  name: 'order_events',
  columns: { order_id: 'text', version: 'int', fact: 'text' },
  partitionKey: ['order_id'],
  clusteringKey: ['version'],
});

type OrderEffects = Omit<Effects<Order, 'stock', 'deadline', 'orders'>, 'state'>;

function effects({ facts, after }: Change<Order, OrderFact>, { key: order_id, offset }: At): OrderEffects {
  const { status, lines } = after;
  const kinds = new Set(facts.map(({ fact }) => fact.kind));
  const reserves = kinds.has('placed') ? lines : [];
  const releases = kinds.has('cancelled') ? lines.filter(({ reply }) => reply === 'reserved') : [];
  const isEnded = kinds.has('confirmed') || kinds.has('cancelled');
  return {
    rows: facts.map(({ version, fact }) => put(orderEvents, { order_id, version, fact: JSON.stringify(fact) }, offset)),
    totals: isEnded ? [{ period: ALL, name: status, figures: { orders: 1 } }] : [],
    emits: [...reserves.map((line) => toStock('reserve', order_id, line)), ...releases.map((line) => toStock('release', order_id, line))],
    after: kinds.has('placed') ? [{ delay: 'deadline', key: order_id, value: '{"kind":"deadline"}' }] : [],
  };
}

function toStock(kind: 'reserve' | 'release', order_id: string, { product_id, quantity }: Line): Emission<'stock'> {
  return { topic: 'stock', key: product_id, value: JSON.stringify({ kind, order_id, quantity }) };
}

function answer({ command_id }: OrderCommand, told: Answer<OrderRefusal>, { key }: At): Emission<'answers'>[] {
  if (command_id === undefined) return [];
  return [{ topic: 'answers', key, value: JSON.stringify({ command_id, ...told }) }];
}

const orderPages = defineTable({
  name: 'orders',
  columns: { order_id: 'text', page: 'text' },
  partitionKey: ['order_id'],
  clusteringKey: [],
});

export const orders = defineFold({
  name: 'orders',
  topic: 'orders',
  group: 'orders',
  rejectedTopic: 'orders-rejected',
  emits: ['stock', 'answers'],
  delays: { deadline: { duration_ms: PATIENCE_MS } },
  measures: { orders: { nonNegative: true } },
  pin: () => ({ ok: true, fingerprint: 'orders', pin: undefined }),
  read: (record) => ({ ok: true, key: String(record.key), event: recordJson(record.value) as OrderCommand, periods: [] }),
  pages: { table: orderPages, keyOf: (order_id) => ({ order_id }) },
  ...aggregate({
    initial: NEW_ORDER,
    decode: (value) => value as Order,
    decide,
    evolve,
    expiry: {
      due_ms: ({ status, due_ms }) => (status === 'pending' ? due_ms : undefined),
      expire: (order) => settled(order, [{ kind: 'cancelling', reason: 'deadline' }]),
    },
    effects,
    answer,
  }),
});
