/**
 * The newest totals of every shard, merged: what live pages show. Starts from the tables, then takes published totals
 * in any order; of each shard and period only the highest next_offset counts, because an owner that lost its shard may
 * publish late.
 */
import type { PublishedTotals } from '#platform/fold/published-totals.ts';
import { ALL } from '#platform/fold/totals.ts';
import type { TotalRow } from '#platform/tables/tables.ts';
import { figuresOf, type OrderFigures } from '../measures.ts';

/** The total of one segment over all shards. */
export interface SegmentTotal extends OrderFigures {
  readonly segment: string;
}

interface ShardPeriod {
  nextOffset: number;
  /** segment → figures. */
  readonly figures: Map<string, OrderFigures>;
}

/** Days kept beside `all`, newest first: today everywhere on Earth is one of them. */
const DAYS_MAX = 3;

export class LiveBoard {
  /** period → shard → what that shard last said. */
  readonly #periods = new Map<string, Map<number, ShardPeriod>>();
  /** period → segment → sum over the shards. */
  readonly #sums = new Map<string, Map<string, SegmentTotal>>();
  readonly #changed = new Map<string, Set<string>>();

  /** Takes totals over where they are newer than what is known; notes which sums changed. */
  take(published: Pick<PublishedTotals, 'shard' | 'nextOffset' | 'totals'>): void {
    const byPeriod = Map.groupBy(published.totals, (row) => row.period);
    for (const [period, rows] of byPeriod) {
      const shards = this.#periodShards(period);
      if (!shards) continue;
      const known = shards.get(published.shard) ?? { nextOffset: -1, figures: new Map<string, OrderFigures>() };
      if (published.nextOffset < known.nextOffset) continue;
      known.nextOffset = published.nextOffset;
      shards.set(published.shard, known);
      for (const row of rows) this.#replace(known.figures, row);
    }
  }

  /** The total of a segment in a period. */
  total(period: string, segment: string): SegmentTotal {
    return this.#sums.get(period)?.get(segment) ?? { segment, orders: 0, users: 0 };
  }

  /** The segments whose totals changed since the last call, by period. */
  takeChanged(): ReadonlyMap<string, ReadonlySet<string>> {
    const changed = new Map(this.#changed);
    this.#changed.clear();
    return changed;
  }

  /** The shards of a period that is kept; undefined for a day older than those. */
  #periodShards(period: string): Map<number, ShardPeriod> | undefined {
    const known = this.#periods.get(period);
    if (known) return known;
    if (period !== ALL) {
      const days = [...this.#periods.keys()].filter((one) => one !== ALL).sort();
      const oldest = days[0];
      if (days.length >= DAYS_MAX && oldest !== undefined) {
        if (period < oldest) return undefined;
        this.#forget(oldest);
      }
    }
    const shards = new Map<number, ShardPeriod>();
    this.#periods.set(period, shards);
    this.#sums.set(period, new Map());
    return shards;
  }

  #forget(period: string): void {
    this.#periods.delete(period);
    this.#sums.delete(period);
    this.#changed.delete(period);
  }

  #replace(figures: Map<string, OrderFigures>, row: TotalRow): void {
    const { period, name: segment } = row;
    const before = figures.get(segment);
    const after = figuresOf(row);
    if (before && before.orders === after.orders && before.users === after.users) return;
    figures.set(segment, after);
    const sums = this.#sums.get(period);
    if (!sums) return;
    const sum = sums.get(segment);
    sums.set(segment, {
      segment,
      orders: (sum?.orders ?? 0) + after.orders - (before?.orders ?? 0),
      users: (sum?.users ?? 0) + after.users - (before?.users ?? 0),
    });
    const changed = this.#changed.get(period) ?? new Set();
    changed.add(segment);
    this.#changed.set(period, changed);
  }
}
