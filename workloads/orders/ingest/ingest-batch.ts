/** A batch of orders: read one by one, so that the good ones are accepted whatever the others are. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseJson, type TextBody } from '#platform/http/body.ts';
import { HttpProblem } from '#platform/http/problem.ts';
import { withoutByteOrderMark } from '#platform/words/byte-order-mark.ts';
import type { FieldProblem } from '#platform/words/field-problems.ts';
import { acceptOrder, type Order, type OrderRules } from '../order.ts';

/** Orders that a batch may hold. */
export const BATCH_ORDERS_MAX = 10_000;
export const NDJSON = 'application/x-ndjson';

/** Orders read before other requests get a turn. */
const ORDERS_A_TURN = 1_000;

export interface ReadBatch {
  /** The good orders, and the place of each in the batch. */
  readonly orders: readonly Order[];
  readonly places: readonly number[];
  readonly invalid: readonly { readonly index: number; readonly problems: readonly FieldProblem[] }[];
  /** Good and bad. */
  readonly total: number;
}

/**
 * Reads the orders of a batch: a JSON array, or one JSON text a line (blank lines do not count).
 * @throws HttpProblem 400 where the whole is no JSON array, 413 for too many orders
 */
export async function readBatch({ type, text }: TextBody, rules: OrderRules, now_ms: number): Promise<ReadBatch> {
  const inputs = type === NDJSON ? linesOf(text) : arrayOf(text);
  const orders: Order[] = [];
  const places: number[] = [];
  const invalid: { index: number; problems: readonly FieldProblem[] }[] = [];
  let total = 0;
  for (const input of inputs) {
    if (total === BATCH_ORDERS_MAX) throw new HttpProblem('too-large', `A batch holds at most ${BATCH_ORDERS_MAX} orders.`);
    const parsed = input.ok ? acceptOrder(input.value, rules, now_ms) : input;
    if (parsed.ok) {
      orders.push(parsed.order);
      places.push(total);
    } else {
      invalid.push({ index: total, problems: parsed.problems });
    }
    total++;
    if (total % ORDERS_A_TURN === 0) await nextTurn();
  }
  return { orders, places, invalid, total };
}

type Input = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problems: readonly FieldProblem[] };

function* linesOf(text: string): Generator<Input> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end === -1 ? text.length : end);
    start = end === -1 ? text.length : end + 1;
    if (line.trim() !== '') yield lineOf(line);
  }
}

/** Files that were joined may have a byte order mark in the middle, before the first line of each. */
function lineOf(line: string): Input {
  try {
    return { ok: true, value: JSON.parse(withoutByteOrderMark(line)) };
  } catch {
    return { ok: false, problems: [{ field: 'order', problem: 'is not JSON' }] };
  }
}

function arrayOf(text: string): readonly Input[] {
  const parsed = parseJson(text);
  if (!Array.isArray(parsed)) throw new HttpProblem('malformed', 'The body is not an array of orders.');
  return parsed.map((value: unknown) => ({ ok: true, value }));
}
