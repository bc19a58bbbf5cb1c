/**
 * The busiest keys of a stream in bounded memory: Space-Saving (A. Metwally, D. Agrawal, A. El Abbadi: Efficient
 * Computation of Frequent and Top-k Elements in Data Streams, ICDT 2005). With `capacity` counters over a weight of W,
 * a key's true weight lies between `count - error` and `count`, the error is at most W / capacity, and every key that
 * weighs more than W / capacity has a counter.
 */

/** A key that has a counter. Its true weight lies between `count - error` and `count`. */
export interface Counted<K> {
  readonly key: K;
  readonly count: number;
  readonly error: number;
}

export class SpaceSaving<K extends string | number> {
  readonly capacity: number;
  readonly #slots = new Map<K, number>();
  readonly #keys: K[] = [];
  readonly #counts: Float64Array;
  readonly #errors: Float64Array;
  #weight = 0;
  /** The smallest count once every counter is in use; those below `#cursor` are above it. */
  #least = 0;
  #cursor = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#counts = new Float64Array(capacity);
    this.#errors = new Float64Array(capacity);
  }

  /** The weight of everything offered since the last clear. */
  get weight(): number {
    return this.#weight;
  }

  offer(key: K, weight = 1): void {
    this.#weight += weight;
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = this.#keys.length < this.capacity ? this.#keys.length : this.#takeLeast();
      this.#keys[slot] = key;
      this.#slots.set(key, slot);
    }
    this.#counts[slot]! += weight;
  }

  /** Every key that has a counter, in no order. */
  entries(): Counted<K>[] {
    return this.#keys.map((key, slot) => ({ key, count: this.#counts[slot]!, error: this.#errors[slot]! }));
  }

  clear(): void {
    this.#slots.clear();
    this.#keys.length = 0;
    this.#counts.fill(0);
    this.#errors.fill(0);
    this.#weight = 0;
    this.#least = 0;
    this.#cursor = 0;
  }

  /**
   * Takes a counter of the smallest count from its key. The smallest count only grows, and never beyond W / capacity:
   * all the searches together look at no more than a few counters per unit of weight.
   */
  #takeLeast(): number {
    for (;;) {
      for (; this.#cursor < this.capacity; this.#cursor++) {
        if (this.#counts[this.#cursor] !== this.#least) continue;
        const slot = this.#cursor++;
        this.#slots.delete(this.#keys[slot]!);
        this.#errors[slot] = this.#least;
        return slot;
      }
      this.#least = this.#counts.reduce((least, count) => Math.min(least, count));
      this.#cursor = 0;
    }
  }
}
