/** An order of the pipeline: what it asks of the stock, and what becomes of it. */
import type { Effects, Emission, TotalChange } from '../definition.ts';
import { ALL } from '../totals.ts';
import { type Line, STOCK_COMMANDS } from './names.testing.ts';

/** `cancelling` waits for the answers that are certain to come. The last three are final, but for a confirmed order that is cancelled. */
export type TradeStatus = 'none' | 'pending' | 'cancelling' | 'confirmed' | 'refused' | 'cancelled';

export interface OrderLine extends Line {
  readonly answer: 'open' | 'reserved' | 'refused' | 'released';
  /** Answers that came: one, unless an answer was folded twice. */
  readonly answers: number;
}

export interface TradeState {
  readonly status: TradeStatus;
  /** Why it was refused or cancelled. */
  readonly reason?: string | undefined;
  /** When a pending order is given up, in milliseconds since the epoch. */
  readonly deadline_ms?: number | undefined;
  readonly lines: readonly OrderLine[];
  /** Times that the delay brought its deadline back: one, unless it was folded twice. */
  readonly deadlines: number;
  /** Commands that were refused. */
  readonly refusals: number;
}

export const NO_ORDER: TradeState = { status: 'none', lines: [], deadlines: 0, refusals: 0 };

export type TradeMeasure = 'orders' | 'units';
export type TradeEffects = Effects<TradeState, typeof STOCK_COMMANDS, 'deadline', TradeMeasure>;
type StockEmission = Emission<typeof STOCK_COMMANDS>;

/** The stock keeps one unit for the order, or all units of a line; they name the order only to get the answer. */
export function reserve(order: string, { product, quantity }: Line): StockEmission {
  return { topic: STOCK_COMMANDS, key: product, value: JSON.stringify({ kind: 'reserve', order, quantity }) };
}

function release({ product, quantity }: Line): StockEmission {
  return { topic: STOCK_COMMANDS, key: product, value: JSON.stringify({ kind: 'release', quantity }) };
}

/** Gives up an order: releases what was reserved, and nothing else. */
export function giveUp(state: TradeState, reason: string): TradeEffects {
  const status = state.lines.some(({ answer }) => answer === 'open') ? 'cancelling' : 'cancelled';
  return releasing(state, { ...state, status, reason, deadline_ms: undefined });
}

/** Takes the stock's answer about a line. */
export function answer(state: TradeState, product: string, isReserved: boolean): TradeEffects {
  const lines = state.lines.map((line): OrderLine => {
    if (line.product !== product) return line;
    const known = line.answer === 'open' ? (isReserved ? 'reserved' : 'refused') : line.answer;
    return { ...line, answer: known, answers: line.answers + 1 };
  });
  const answered = { ...state, lines };
  const isOpen = lines.some((line) => line.answer === 'open');
  if (state.status === 'cancelling') return releasing(state, { ...answered, status: isOpen ? 'cancelling' : 'cancelled' });
  if (isOpen || state.status !== 'pending') return { state: answered };
  const refused = lines.find((line) => line.answer === 'refused');
  const decided = { ...answered, deadline_ms: undefined };
  if (!refused) return moved(state, { ...decided, status: 'confirmed' }, []);
  return releasing(state, { ...decided, status: 'refused', reason: `no ${refused.product} left` });
}

/** The order as it is after what is reserved was released. */
function releasing(before: TradeState, after: TradeState): TradeEffects {
  const reserved = after.lines.filter((line) => line.answer === 'reserved');
  const lines = after.lines.map((line): OrderLine => (line.answer === 'reserved' ? { ...line, answer: 'released' } : line));
  return moved(before, { ...after, lines }, reserved.map(release));
}

/** A change of the status moves an order, and its units, from one name of the totals to another. */
export function moved(before: TradeState, after: TradeState, emits: readonly StockEmission[]): TradeEffects {
  if (before.status === after.status) return { state: after, emits };
  return { state: after, emits, totals: [...figuresOf(before, -1), ...figuresOf(after, 1)] };
}

function figuresOf(state: TradeState, sign: 1 | -1): TotalChange<TradeMeasure>[] {
  if (state.status === 'none') return [];
  return [{ period: ALL, name: state.status, figures: { orders: sign, units: sign * unitsOf(state.lines) } }];
}

export function unitsOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}
