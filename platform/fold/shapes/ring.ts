/**
 * The newest entries of a key by event time, exact to the millisecond. Immutable, and plain JSON: it is written as it is.
 *
 * An entry that arrives late is put in its place; of those of one time, the later arrival stands behind. When there are too many, the first
 * is forgotten. So the ring holds the newest entries of all that ever arrived, in whatever order they did.
 */
import { type Bounded, forgottenBefore, mustBeTime, type Span } from './window.ts';

export type RingEntry<Value> = readonly [time_ms: number, value: Value];

export interface Ring<Value> extends Bounded {
  /** By ascending time. */
  readonly entries: readonly RingEntry<Value>[];
}

export const EMPTY_RING: Ring<never> = { entries: [], since_ms: null };

/**
 * The ring with one entry more, of which it keeps `limit` at the most.
 * @throws RangeError for a time that is no whole number of milliseconds
 */
export function addToRing<Value>(ring: Ring<Value>, [time_ms, value]: RingEntry<Value>, limit: number): Ring<Value> {
  mustBeTime(time_ms);
  const at = ring.entries.findLastIndex(([earlier_ms]) => earlier_ms <= time_ms) + 1;
  const entries = ring.entries.toSpliced(at, 0, [time_ms, value]);
  const forgotten = entries.splice(0, entries.length - limit).at(-1);
  return { entries, since_ms: forgotten ? forgottenBefore(ring, forgotten[0] + 1) : ring.since_ms };
}

/** The entries of a span, by ascending time. */
export function entriesWithin<Value>({ entries }: Ring<Value>, { from_ms, to_ms }: Span): readonly RingEntry<Value>[] {
  return entries.filter(([time_ms]) => from_ms <= time_ms && time_ms < to_ms);
}
