/**
 * The cause of an emission, and how a page tells a repeated emission by it (decision 14). Causes travel in record headers, which
 * nothing that arrives over HTTP can set.
 */
import { z } from 'zod';
import type { LogRecord } from '#platform/log/log.ts';

export interface Cause {
  /** The shard that emitted it: `fold/shard`, and `fold/shard>delay` for what a delay brings back. */
  readonly from: string;
  /** The offset, in that shard's input, of the record that led to it. */
  readonly offset: number;
  /** Its number among the emissions of that record, from 0. */
  readonly n: number;
  /** When the first record of the chain was accepted, in milliseconds since the epoch. */
  readonly since_ms: number;
}

/** The delay that holds a record back, and until when, in milliseconds since the epoch. */
export interface Timer {
  readonly delay: string;
  readonly due_ms: number;
}

/** What the engine has written into the headers of a record. */
export interface Origin {
  readonly cause: Cause;
  readonly timer: Timer | undefined;
}

/** The last emission of each source shard that a page has folded: `[offset, n]`. */
export type Heard = Readonly<Record<string, readonly [offset: number, n: number]>>;

export const NOTHING_HEARD: Heard = {};

const CAUSE = 'kaiseki-cause';
const TIMER = 'kaiseki-timer';

const offset = z.int().min(0);
const causeSchema = z.object({ from: z.string().min(3), offset, n: offset, since_ms: z.int() });
const timerSchema = z.object({ delay: z.string().min(1), due_ms: z.int() });

export function originHeaders({ cause, timer }: Origin): NonNullable<LogRecord['headers']> {
  return { [CAUSE]: JSON.stringify(cause), ...(timer && { [TIMER]: JSON.stringify(timer) }) };
}

/** Undefined for a record from outside. @throws Error where the headers are not the engine's */
export function originOf({ headers }: LogRecord): Origin | undefined {
  const cause = headers[CAUSE];
  const timer = headers[TIMER];
  if (cause === undefined && timer === undefined) return undefined;
  return {
    cause: causeSchema.parse(JSON.parse(cause ?? '')),
    timer: timer === undefined ? undefined : timerSchema.parse(JSON.parse(timer)),
  };
}

/** The shard that emits, as causes name it. */
export function sourceOf(fold: string, shard: number, delay?: string): string {
  return delay === undefined ? `${fold}/${shard}` : `${fold}/${shard}>${delay}`;
}

/** The source without its shard: the fold, or the fold and its delay. */
export function edgeOf({ from }: Cause): string {
  return from.replace(/\/\d+/, '');
}

/**
 * Whether a page has folded this emission before. One pair a source is enough: first arrivals from a source are in ascending order,
 * because a shard has one flush at a time and an append keeps its order.
 */
export function isHeard(heard: Heard, { from, offset, n }: Cause): boolean {
  const last = Object.hasOwn(heard, from) ? heard[from] : undefined;
  return last !== undefined && (offset < last[0] || (offset === last[0] && n <= last[1]));
}

/** What a page has heard once it has folded this emission. */
export function hearing(heard: Heard, { from, offset, n }: Cause): Heard {
  return { ...heard, [from]: [offset, n] };
}
