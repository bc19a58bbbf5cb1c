/** The totals of one shard in its owner's memory: everything of period `all`, other periods as they are needed. */
import type { TotalRow } from '#platform/tables/tables.ts';
import type { TotalChange } from './definition.ts';

export const ALL = 'all';

export class ShardTotals {
  readonly #periods = new Map<string, Map<string, TotalRow>>();
  readonly #changed = new Set<TotalRow>();

  has(period: string): boolean {
    return this.#periods.has(period);
  }

  /** Takes over what the tables hold for `periods`; a period without rows starts from nothing. */
  load(periods: readonly string[], rows: readonly TotalRow[]): void {
    for (const period of periods) this.#periods.set(period, new Map());
    for (const row of rows) this.#periods.get(row.period)?.set(row.segment, row);
  }

  /** Adds a change. Its period must be loaded. */
  add(change: TotalChange): void {
    const segments = this.#periods.get(change.period);
    if (!segments) throw new Error(`totals of ${change.period} were not loaded before they changed`);
    const before = segments.get(change.segment);
    const after: TotalRow = {
      period: change.period,
      segment: change.segment,
      orders: (before?.orders ?? 0) + change.orders,
      users: (before?.users ?? 0) + change.users,
    };
    if (after.orders < 0 || after.users < 0) throw new Error(`totals of ${change.period}/${change.segment} fell below zero`);
    segments.set(change.segment, after);
    if (before) this.#changed.delete(before);
    this.#changed.add(after);
  }

  /** The rows that changed since the last call, as they stand now. */
  takeChanged(): readonly TotalRow[] {
    const rows = [...this.#changed];
    this.#changed.clear();
    return rows;
  }

  /** The rows of a period. */
  rows(period: string): readonly TotalRow[] {
    return [...(this.#periods.get(period)?.values() ?? [])];
  }

  /** Forgets the periods loaded first until at most `limit` besides `all` are left. Only while nothing is uncommitted. */
  trim(limit: number): void {
    let excess = this.#periods.size - 1 - limit;
    for (const period of this.#periods.keys()) {
      if (excess <= 0) return;
      if (period === ALL) continue;
      this.#periods.delete(period);
      excess--;
    }
  }
}
