/**
 * The fold `trade` (key: order). An order asks the fold `stock` for each of its lines, waits for every answer, and is confirmed, or
 * refused with a reason. A customer, or the deadline, cancels it. Its outcome never depends on when an answer comes.
 */
import { z } from 'zod';
import type { LogRecord } from '#platform/log/log.ts';
import { type At, defineFold, type Folded, type ReadEvent, type Rejected } from '../definition.ts';
import { recordJson } from '../record-json.ts';
import { REJECTED, STOCK_COMMANDS, TOTALS, TRADE_COMMANDS, tradeOrders } from './names.testing.ts';
import { pinText } from './pin.testing.ts';
import { answer, giveUp, moved, NO_ORDER, reserve, type TradeMeasure, type TradeState } from './trade-order.testing.ts';

const commandSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('start'),
    day: z.string().regex(/^day-\d$/),
    lines: z.array(z.object({ product: z.string().min(1), quantity: z.int().min(1) })).min(1),
  }),
  z.object({ kind: z.literal('cancel') }),
  z.object({ kind: z.literal('reply'), product: z.string(), ok: z.boolean() }),
  z.object({ kind: z.literal('deadline') }),
]);
const stateSchema = z.object({
  status: z.enum(['none', 'pending', 'cancelling', 'confirmed', 'refused', 'cancelled']),
  reason: z.string().optional(),
  deadline_ms: z.int().optional(),
  lines: z.array(
    z.object({
      product: z.string(),
      quantity: z.int(),
      answer: z.enum(['open', 'reserved', 'refused', 'released']),
      answers: z.int(),
    }),
  ),
  deadlines: z.int(),
  refusals: z.int(),
});

export type TradeCommand = z.infer<typeof commandSchema>;
type TradeEvent = TradeCommand & { readonly order: string };
type TradeFolded = Folded<TradeState, typeof STOCK_COMMANDS, 'deadline', TradeMeasure>;

/** The totals tell orders and units by status, and how many were started each day. */
export function tradeFold(deadline_ms: number) {
  return defineFold({
    name: 'trade',
    topic: TRADE_COMMANDS,
    group: 'trade',
    rejectedTopic: REJECTED,
    totalsTopic: TOTALS,
    emits: [STOCK_COMMANDS],
    delays: { deadline: { duration_ms: deadline_ms } },
    measures: { orders: { nonNegative: true }, units: { nonNegative: true } },
    pin: pinText(`deadline ${deadline_ms}`),
    read: readCommand,
    pages: { table: tradeOrders, keyOf: (order_id) => ({ order_id }) },
    initial: NO_ORDER,
    encode: (state) => JSON.stringify(state),
    decode: (value): TradeState => stateSchema.parse(value),
    fold: (state, event, at) => foldCommand(state, event, at, deadline_ms),
    expiry: {
      due_ms: (state) => state.deadline_ms,
      expire: (state) => giveUp(state, 'deadline'),
    },
  });
}

function readCommand({ key, value }: LogRecord): ReadEvent<TradeEvent> | Rejected {
  const command = commandSchema.safeParse(recordJson(value));
  if (!command.success || !key?.length) return { ok: false, reason: 'no command of an order' };
  const order = key.toString();
  return { ok: true, key: order, event: { ...command.data, order }, periods: command.data.kind === 'start' ? [command.data.day] : [] };
}

function foldCommand(state: TradeState, event: TradeEvent, at: At, deadline_ms: number): TradeFolded {
  switch (event.kind) {
    case 'start':
      return start(state, event, at.time_ms + deadline_ms);
    case 'cancel':
      return cancel(state);
    case 'reply':
      return at.cause ? { outcome: 'counted', ...answer(state, event.product, event.ok) } : refusal(state);
    case 'deadline':
      // The order was given up by its expiry, if it was pending still.
      return at.delay === 'deadline' ? { outcome: 'counted', state: { ...state, deadlines: state.deadlines + 1 } } : refusal(state);
  }
}

function start(state: TradeState, { order, day, lines }: Extract<TradeEvent, { kind: 'start' }>, deadline_ms: number): TradeFolded {
  if (state.status !== 'none') return { outcome: 'repeated' };
  const asked = lines.map(({ product, quantity }) => ({ product, quantity, answer: 'open' as const, answers: 0 }));
  const pending: TradeState = { ...state, status: 'pending', deadline_ms, lines: asked };
  const { totals = [], ...effects } = moved(
    state,
    pending,
    lines.map((line) => reserve(order, line)),
  );
  return {
    outcome: 'counted',
    ...effects,
    totals: [...totals, { period: day, name: 'started', figures: { orders: 1 } }],
    after: [{ delay: 'deadline', key: order, value: JSON.stringify({ kind: 'deadline' }) }],
  };
}

function cancel(state: TradeState): TradeFolded {
  if (state.status === 'none' || state.status === 'refused') return refusal(state);
  if (state.status === 'cancelling' || state.status === 'cancelled') return { outcome: 'repeated' };
  return { outcome: 'counted', ...giveUp(state, 'customer') };
}

function refusal(state: TradeState): TradeFolded {
  return { outcome: 'refused', state: { ...state, refusals: state.refusals + 1 } };
}
