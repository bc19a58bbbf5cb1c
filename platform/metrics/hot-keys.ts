/** The busiest keys of each shard that this process folds, over the last minute. */
import type { Clock } from '#platform/clock/clock.ts';
import type { FoldedRecord } from '#platform/fold/outcome.ts';
import { Busiest } from './busiest.ts';

export interface HotKey {
  readonly shard: number;
  readonly key: string;
  /** Records of the key that were counted in the last minute, at least. */
  readonly records: number;
  /** The same as a share of the shard's records, 0 to 1. */
  readonly share: number;
}

export class HotKeys {
  readonly #clock: Clock;
  readonly #shards = new Map<number, Busiest<string>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The shards that were folded here. */
  get shards(): readonly number[] {
    return [...this.#shards.keys()].sort((a, b) => a - b);
  }

  add(shard: number, records: readonly FoldedRecord[]): void {
    if (records.length === 0) return;
    let busiest = this.#shards.get(shard);
    if (!busiest) {
      busiest = new Busiest();
      this.#shards.set(shard, busiest);
    }
    const sketch = busiest.sketchAt(this.#clock.monotonic_ms());
    for (const { key } of records) sketch.offer(key);
  }

  /** Records that the shard counted in the last minute. */
  records(shard: number): number {
    return this.#shards.get(shard)?.weight(this.#clock.monotonic_ms()) ?? 0;
  }

  /** The shard's busiest keys of the last minute, the busiest first. */
  top(shard: number, limit: number): HotKey[] {
    const keys = this.#shards.get(shard)?.top(limit, this.#clock.monotonic_ms()) ?? [];
    return keys.map(({ key, weight, share }) => ({ shard, key, records: weight, share }));
  }

  forget(shard: number): void {
    this.#shards.delete(shard);
  }
}
