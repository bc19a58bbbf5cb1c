/**
 * The keys with the greatest figures of a shard, where figures only grow: how often a product was sold, or when it was seen last.
 *
 * It is a join (join.ts). Per key it takes the maximum; then it trims. An entry is trimmed when `limit` others stand before it, and
 * those can only rise. So it would never be among the first again with the same figure, and comes back with the state in which its figure has
 * grown enough. Which states were merged before, how often and in which order, makes no difference: what is kept are the first of each key's
 * greatest figure. Were figures to fall, the greatest ever would stay, and keep others out.
 */
import { z } from 'zod';
import type { Join } from '../join.ts';

export interface TopEntry {
  readonly key: string;
  readonly figure: number;
  /** What the key was called when its figure came to this. */
  readonly label?: string | undefined;
}

/** By descending figure, then by ascending key. Plain JSON. */
export type Top = readonly TopEntry[];

const topSchema = z.array(z.object({ key: z.string(), figure: z.number(), label: z.string().optional() }));

/** @throws Error for a value that is no top, parsed from JSON */
export function decodeTop(value: unknown): Top {
  return topSchema.parse(value);
}

/** What is ranked. It sees the state of one key, never what is kept: so it cannot add to that. */
export interface Ranking<State> {
  /** Entries that are kept. Fixed for the life of the data: what was trimmed before would not come back at once. */
  readonly limit: number;
  /** Never falls from one state of a key to the next; undefined where the key has no figure yet. */
  figure(key: string, state: State): number | undefined;
  /** What to call the key. A new name shows once the figure grows. */
  label?(key: string, state: State): string;
}

/** The join that keeps a shard's top. Readers put those of all shards together with `mergeTops`. */
export function topOf<State>({ limit, figure, label }: Ranking<State>): Join<State, Top> {
  return {
    initial: [],
    merge(top, key, state) {
      const reached = figure(key, state);
      if (reached === undefined) return top;
      return raise(top, { key, figure: reached, ...(label && { label: label(key, state) }) }, limit);
    },
    encode: (top) => JSON.stringify(top),
    decode: decodeTop,
  };
}

/** The top of all shards. */
export function mergeTops(tops: readonly Top[], limit: number): Top {
  return tops.flat().reduce<Top>((merged, entry) => raise(merged, entry, limit), []);
}

/**
 * Puts an entry in its place, where it is greater than what its key has. Returns `top` itself where nothing changes. A state of one
 * key can keep a top, too: of the products that a user saw last, the figure is the time.
 * @throws RangeError for a figure that cannot be compared
 */
export function raise(top: Top, entry: TopEntry, limit: number): Top {
  if (!Number.isFinite(entry.figure)) throw new RangeError(`the figure of ${JSON.stringify(entry.key)} is ${entry.figure}`);
  const known = top.find(({ key }) => key === entry.key);
  if (known && known.figure >= entry.figure) return top;
  const others = known ? top.filter((other) => other !== known) : top;
  const at = others.findLastIndex((other) => isBefore(other, entry)) + 1;
  return at >= limit ? top : others.toSpliced(at, 0, entry).slice(0, limit);
}

function isBefore(one: TopEntry, other: TopEntry): boolean {
  return one.figure === other.figure ? one.key < other.key : one.figure > other.figure;
}
