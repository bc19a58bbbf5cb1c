/** Whether the shards that the group gave to this process are being folded: the fold's part of /readyz. */
import type { FoldAlarm } from '#platform/fold/outcome.ts';
import type { Readiness } from '#platform/http/readiness.ts';

type Health = { readonly kind: 'claimed' } | { readonly kind: 'abandoned' | 'alarmed'; readonly problem: string };

export class ShardHealth {
  readonly #name: string;
  readonly #shards = new Map<number, Health>();
  #hasClaimed = false;

  /** @param name what the readiness is called, such as the workload's name */
  constructor(name: string) {
    this.#name = name;
  }

  claimed(shard: number): void {
    this.#hasClaimed = true;
    this.#shards.set(shard, { kind: 'claimed' });
  }

  abandoned(shard: number, error: unknown): void {
    this.#shards.set(shard, { kind: 'abandoned', problem: error instanceof Error ? error.message : String(error) });
  }

  alarmed(shard: number, alarm: FoldAlarm): void {
    this.#shards.set(shard, { kind: 'alarmed', problem: alarm.message });
  }

  released(shard: number): void {
    this.#shards.delete(shard);
  }

  /**
   * Not ready until the first claim, and while any shard stands still. A member that has lost all of its shards to
   * others stays ready: it has nothing to do.
   */
  readiness(): readonly Readiness[] {
    if (this.#shards.size === 0 && !this.#hasClaimed) {
      return [{ name: this.#name, ready: false, reason: 'the group has given no shard to this process yet' }];
    }
    const standing = [...this.#shards].flatMap(([shard, health]) =>
      health.kind === 'claimed' ? [] : [{ name: `${this.#name}, shard ${shard}`, ready: false, reason: health.problem }],
    );
    return standing.length > 0 ? standing : [{ name: this.#name, ready: true, reason: `shards claimed: ${this.#shards.size}` }];
  }
}
