/** A batch of orders: read one by one, so that the good ones are accepted whatever the others are. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseJson, type TextBody } from '#platform/http/body.ts';
import { tooMuchJson } from '#platform/http/json-limits.ts';
import { HttpProblem } from '#platform/http/problem.ts';
import { withoutByteOrderMark } from '#platform/words/byte-order-mark.ts';
import type { FieldProblem } from '#platform/words/field-problems.ts';
import { acceptOrder, type Order, type OrderRules } from '../order.ts';

/** Orders that a batch may hold. */
export const BATCH_ORDERS_MAX = 10_000;
export const NDJSON = 'application/x-ndjson';

/** Lines and characters that are read before other requests get a turn. */
const LINES_A_TURN = 1_000;
const CHARACTERS_A_TURN = 256 * 1024;

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
 * @param owned what becomes of an order before it is judged
 * @throws HttpProblem 400 where the whole is no JSON array, 413 for too many orders
 */
export async function readBatch(
  { type, text }: TextBody,
  rules: OrderRules,
  now_ms: number,
  owned: (input: unknown) => unknown,
): Promise<ReadBatch> {
  const inputs = type === NDJSON ? linesOf(text) : arrayOf(text);
  const orders: Order[] = [];
  const places: number[] = [];
  const invalid: { index: number; problems: readonly FieldProblem[] }[] = [];
  let total = 0;
  for (const input of inputs) {
    if (input === undefined) {
      await nextTurn();
      continue;
    }
    if (total === BATCH_ORDERS_MAX) throw new HttpProblem('too-large', `A batch holds at most ${BATCH_ORDERS_MAX} orders.`);
    const parsed = input.ok ? acceptOrder(owned(input.value), rules, now_ms) : input;
    if (parsed.ok) {
      orders.push(parsed.order);
      places.push(total);
    } else {
      invalid.push({ index: total, problems: parsed.problems });
    }
    total++;
  }
  return { orders, places, invalid, total };
}

type Input = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** The lines that are not blank, and undefined whenever it is others' turn. */
function* linesOf(text: string): Generator<Input | undefined> {
  let lines = 0;
  let turn = 0;
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end === -1 ? text.length : end);
    start = end === -1 ? text.length : end + 1;
    if (line.trim() !== '') yield lineOf(line);
    lines++;
    if (lines < LINES_A_TURN && start - turn < CHARACTERS_A_TURN) continue;
    yield undefined;
    lines = 0;
    turn = start;
  }
}

/** Files that were joined may have a byte order mark in the middle, before the first line of each. */
function lineOf(line: string): Input {
  const much = tooMuchJson(line);
  if (much !== undefined) return { ok: false, problems: [{ field: 'order', problem: much }] };
  try {
    return { ok: true, value: JSON.parse(withoutByteOrderMark(line)) };
  } catch {
    return { ok: false, problems: [{ field: 'order', problem: 'is not JSON' }] };
  }
}

/** The orders of a list, and undefined whenever it is others' turn. */
function* arrayOf(text: string): Generator<Input | undefined> {
  const parsed = parseJson(text);
  if (!Array.isArray(parsed)) throw new HttpProblem('malformed', 'The body is not an array of orders.');
  for (const [index, value] of parsed.entries()) {
    yield { ok: true, value };
    if ((index + 1) % LINES_A_TURN === 0) yield undefined;
  }
}
