/** The busiest keys of the last minute: a ring of sketches, one for each ten seconds, merged when somebody asks. */
import { SpaceSaving } from './space-saving.ts';

const SLICE_MS = 10_000;
const SLICES = 6;
/** Keys with a counter in each slice: a key is named if it weighs more than 1/256 of a slice, and its share is at most that too low. */
const CAPACITY = 256;

export interface BusyKey<K> {
  readonly key: K;
  /** What the key weighs at least. */
  readonly weight: number;
  /** The same as a share of all keys, 0 to 1. */
  readonly share: number;
}

export class Busiest<K extends string | number> {
  readonly #slices = Array.from({ length: SLICES }, () => ({ index: -SLICES, sketch: new SpaceSaving<K>(CAPACITY) }));

  /** The sketch of the present ten seconds: offer to it, and do not keep it. `now_ms` is a monotonic clock's. */
  sketchAt(now_ms: number): SpaceSaving<K> {
    const index = Math.floor(now_ms / SLICE_MS);
    const slice = this.#slices[index % SLICES]!;
    if (slice.index !== index) {
      slice.sketch.clear();
      slice.index = index;
    }
    return slice.sketch;
  }

  /** What all keys weighed in the last 50 to 60 seconds. */
  weight(now_ms: number): number {
    return this.#recent(now_ms).reduce((sum, sketch) => sum + sketch.weight, 0);
  }

  /** The busiest keys of the last 50 to 60 seconds, the busiest first. */
  top(limit: number, now_ms: number): BusyKey<K>[] {
    const weights = new Map<K, number>();
    for (const sketch of this.#recent(now_ms)) {
      for (const { key, count, error } of sketch.entries()) weights.set(key, (weights.get(key) ?? 0) + count - error);
    }
    const total = this.weight(now_ms);
    return [...weights]
      .sort((a, b) => b[1] - a[1])
      .slice(0, limit)
      .map(([key, weight]) => ({ key, weight, share: weight / total }));
  }

  #recent(now_ms: number): SpaceSaving<K>[] {
    const oldest = Math.floor(now_ms / SLICE_MS) - SLICES + 1;
    return this.#slices.filter((slice) => slice.index >= oldest).map(({ sketch }) => sketch);
  }
}
