/**
 * Windows over event time, computed when they are read. A key's state holds a bounded part of the past: a ring of the newest
 * entries (ring.ts) or tiles of sums (tiles.ts). Which part of it a window takes follows from the time as of which it is read, so
 * that nothing has to be taken out when time passes: no timer, no clock.
 */

/** Half-open: what happened at `from_ms` is in it, what happened at `to_ms` is not. Whole milliseconds since the epoch. */
export interface Span {
  readonly from_ms: number;
  readonly to_ms: number;
}

/** The last `length_ms` milliseconds as of a time. That very millisecond is in it, the one `length_ms` before it is not. */
export function lastAsOf(as_of_ms: number, length_ms: number): Span {
  return { from_ms: as_of_ms - length_ms + 1, to_ms: as_of_ms + 1 };
}

/** A part of the past that has a limit. */
export interface Bounded {
  /** Whatever happened then or later is in it, however late it arrived; null where nothing was ever forgotten. */
  readonly since_ms: number | null;
}

/** Whether everything in the span is still known: only then does a window say what all events would say. */
export function isWhole({ since_ms }: Bounded, { from_ms }: Span): boolean {
  return since_ms === null || since_ms <= from_ms;
}

/** What is known since when, once everything before `end_ms` may be forgotten. */
export function forgottenBefore({ since_ms }: Bounded, end_ms: number): number {
  return since_ms === null ? end_ms : Math.max(since_ms, end_ms);
}

/** @throws RangeError for a time that is no whole number of milliseconds: it would stand nowhere in the order */
export function mustBeTime(time_ms: number): void {
  if (!Number.isSafeInteger(time_ms)) throw new RangeError(`${time_ms} is no time in whole milliseconds`);
}
