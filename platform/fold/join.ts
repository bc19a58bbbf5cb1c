/**
 * State that spans the keys of a shard: one row, written together with the pages and loaded at a claim. After a crash a state of
 * a key is merged again, or a later one in its place. So merging must be idempotent and monotone: a maximum, a set, a
 * list of the greatest (`shapes/top.ts`); never a sum. Sums are totals.
 *
 * The row's version is the shard's next_offset, at which it says all below. In the middle of a redo it cannot say that yet, and the
 * table may hold a row of a later version. So a row that a redo changes is written when the redo has reached next_offset, and until
 * then the group's offset stays where it is: a claim that ends before leaves the merges to the next one.
 */
import { defineTable, type Mutation, put, type Tables } from '#platform/tables/tables.ts';
import { Unfoldable } from './outcome.ts';

export interface Join<State, Kept> {
  /** Of a shard that has seen nothing. */
  readonly initial: Kept;
  /**
   * Merges what the state of a key contributes. Pure. Returns `kept` itself where the state adds nothing, as it does the
   * second time.
   */
  merge(kept: Kept, key: string, state: State): Kept;
  /** As the text of a JSON value. */
  encode(kept: Kept): string;
  /** What such a value, parsed, says. @throws Error for one that it cannot understand */
  decode(value: unknown): Kept;
}

/** The joins of every fold, a row a shard, versioned by next_offset. */
export const shardJoins = defineTable({
  name: 'shard_joins',
  columns: { fold: 'text', shard: 'int', kept: 'text' },
  partitionKey: ['fold', 'shard'],
  clusteringKey: [],
});

/** What one claim of a shard keeps of its join. */
export class ShardJoin<State, Kept> {
  readonly #join: Join<State, Kept>;
  readonly #key: { readonly fold: string; readonly shard: number };
  #kept: Kept;
  #isWritten = true;

  private constructor(join: Join<State, Kept>, key: { readonly fold: string; readonly shard: number }, kept: Kept) {
    this.#join = join;
    this.#key = key;
    this.#kept = kept;
  }

  /** Reads what the shard's owners before have kept. @throws Unfoldable for a row that another program has written */
  static async load<State, Kept>(tables: Tables, join: Join<State, Kept>, fold: string, shard: number): Promise<ShardJoin<State, Kept>> {
    const [row] = await tables.get(shardJoins, [{ fold, shard }]);
    try {
      return new ShardJoin(join, { fold, shard }, row ? join.decode(JSON.parse(row.kept)) : join.initial);
    } catch (error) {
      throw new Unfoldable(`the row of shard ${shard} in ${shardJoins.name}`, error);
    }
  }

  /** @throws Error for a merge that is no join */
  merge(key: string, state: State): void {
    const merged = this.#join.merge(this.#kept, key, state);
    if (merged === this.#kept) return;
    if (this.#join.merge(merged, key, state) !== merged)
      throw new Error(
        `the join of ${this.#key.fold} changes when the same state of ${JSON.stringify(key)} is merged again: a sum belongs in the totals`,
      );
    this.#kept = merged;
    this.#isWritten = false;
  }

  /** Whether the row differs from what is written: the group's offset must not move over the records that changed it. */
  get isOpen(): boolean {
    return !this.#isWritten;
  }

  /** The row to write with the pages of a batch that ends at next_offset, where it changed since it was last written. */
  row(nextOffset: number): readonly Mutation[] {
    if (this.#isWritten) return [];
    return [put(shardJoins, { ...this.#key, kept: this.#join.encode(this.#kept) }, nextOffset)];
  }

  /** The row is acknowledged. */
  written(): void {
    this.#isWritten = true;
  }
}
