/** The fold `stock` (key: product). It reserves units as long as there are any, answers the order, and takes back what is released. */
import { z } from 'zod';
import type { LogRecord } from '#platform/log/log.ts';
import { type At, defineFold, type Folded, type ReadEvent, type Rejected, type TotalChange } from '../definition.ts';
import { recordJson } from '../record-json.ts';
import { ALL } from '../totals.ts';
import { REJECTED, STOCK_COMMANDS, stockProducts, TOTALS, TRADE_COMMANDS } from './names.testing.ts';
import { pinText } from './pin.testing.ts';
import { topProducts } from './top-products.testing.ts';

const commandSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('reserve'), order: z.string(), quantity: z.int().min(1) }),
  z.object({ kind: z.literal('release'), quantity: z.int().min(1) }),
]);
const stateSchema = z.object({
  onHand: z.int(),
  held: z.int(),
  reserves: z.int(),
  refusals: z.int(),
  releases: z.int(),
  unitsReserved: z.int(),
});

type StockEvent = z.infer<typeof commandSchema> & { readonly product: string };

/** Of constant size: who holds units is the orders' to know. */
export interface StockState {
  readonly onHand: number;
  /** Units of orders. */
  readonly held: number;
  /** Commands, each counted once: reserved, refused, released. */
  readonly reserves: number;
  readonly refusals: number;
  readonly releases: number;
  /** Units ever reserved: what the join ranks. */
  readonly unitsReserved: number;
}

export type StockMeasure = 'requests' | 'units' | 'balance';
type StockFolded = Folded<StockState, typeof TRADE_COMMANDS, never, StockMeasure>;

/** The totals tell requests and units by outcome; `balance` is what the stock differs by from its beginning, which is below zero. */
export function stockFold(initialUnits: number) {
  return defineFold({
    name: 'stock',
    topic: STOCK_COMMANDS,
    group: 'stock',
    rejectedTopic: REJECTED,
    totalsTopic: TOTALS,
    emits: [TRADE_COMMANDS],
    measures: { requests: { nonNegative: true }, units: { nonNegative: true }, balance: { nonNegative: false } },
    pin: pinText(`initial ${initialUnits}`),
    read: readCommand,
    pages: { table: stockProducts, keyOf: (product_id) => ({ product_id }) },
    initial: newProduct(initialUnits),
    encode: (state) => JSON.stringify(state),
    decode: (value): StockState => stateSchema.parse(value),
    fold: foldCommand,
    join: topProducts,
  });
}

export function newProduct(onHand: number): StockState {
  return { onHand, held: 0, reserves: 0, refusals: 0, releases: 0, unitsReserved: 0 };
}

function readCommand({ key, value }: LogRecord): ReadEvent<StockEvent> | Rejected {
  const command = commandSchema.safeParse(recordJson(value));
  if (!command.success || !key?.length) return { ok: false, reason: 'no command of a product' };
  const product = key.toString();
  return { ok: true, key: product, event: { ...command.data, product }, periods: [] };
}

function foldCommand(state: StockState, event: StockEvent, at: At): StockFolded {
  // Only an order may ask: nothing would ever release what somebody else reserves.
  if (!at.cause) return { outcome: 'refused', state };
  if (event.kind === 'reserve') return reserve(state, event);
  const { quantity } = event;
  return {
    outcome: 'counted',
    state: { ...state, onHand: state.onHand + quantity, held: state.held - quantity, releases: state.releases + 1 },
    totals: totalsOf('released', quantity, quantity),
  };
}

function reserve(state: StockState, { order, product, quantity }: Extract<StockEvent, { kind: 'reserve' }>): StockFolded {
  const ok = quantity <= state.onHand;
  const emits = [{ topic: TRADE_COMMANDS, key: order, value: JSON.stringify({ kind: 'reply', product, ok }) }] as const;
  if (!ok)
    return { outcome: 'refused', state: { ...state, refusals: state.refusals + 1 }, totals: totalsOf('refused', quantity, 0), emits };
  return {
    outcome: 'counted',
    state: {
      ...state,
      onHand: state.onHand - quantity,
      held: state.held + quantity,
      reserves: state.reserves + 1,
      unitsReserved: state.unitsReserved + quantity,
    },
    totals: totalsOf('reserved', quantity, -quantity),
    emits,
  };
}

function totalsOf(name: 'reserved' | 'refused' | 'released', units: number, balance: number): TotalChange<StockMeasure>[] {
  return [{ period: ALL, name, figures: { requests: 1, units, balance } }];
}
