/** What the recount of one shard notes down, record by record. */
import type { TableDefinition, TotalRow } from '#platform/tables/tables.ts';
import { type Arrival, expectedOf, firstArrivals, heardBy, type NaiveDelayed, type NaiveEmission } from '../naive-causes.ts';
import type { ExpectedEmission, ExpectedRow, ShardLog, Truth } from '../pipeline.ts';

export class Notes {
  readonly rejected: Set<number>;
  readonly arrivals: readonly Arrival[];
  /** The arrivals of each key. */
  readonly keys: ReadonlyMap<string, readonly Arrival[]>;
  readonly rows: ExpectedRow[] = [];
  readonly emitted: ExpectedEmission[] = [];
  readonly #source: { readonly fold: string; readonly shard: number };
  readonly #totals: { readonly offset: number; readonly name: string; readonly more: number }[] = [];
  readonly #records: ShardLog['records'];

  constructor(fold: string, { shard, records }: ShardLog) {
    this.#source = { fold, shard };
    this.#records = records;
    this.rejected = new Set(records.filter(({ value }) => !String(value).startsWith('{')).map(({ offset }) => offset));
    this.arrivals = firstArrivals(records).filter(({ value }) => value.startsWith('{'));
    this.keys = Map.groupBy(this.arrivals, ({ key }) => key);
  }

  emit(arrival: Arrival, emits: readonly NaiveEmission[], after: readonly NaiveDelayed[] = []): void {
    this.emitted.push(...expectedOf(this.#source, arrival, emits, after));
  }

  add({ offset }: Arrival, name: string, more: number): void {
    this.#totals.push({ offset, name, more });
  }

  /** The page of a key: it was last changed at `changed`, and may be as far as the key's last record. */
  page(table: TableDefinition, column: string, key: string, state: unknown, changed: Arrival | undefined): void {
    if (!changed) return;
    const to = this.#records.findLast((record) => String(record.key) === key && !this.rejected.has(record.offset))?.offset ?? 0;
    this.rows.push({ table, columns: { [column]: key, state, ...heardBy(this.keys.get(key) ?? []) }, lsn: { from: changed.offset, to } });
  }

  truth(measure: string, kept?: unknown): Truth {
    const totalsBelow = (end: number): TotalRow[] => {
      const below = this.#totals.filter(({ offset }) => offset < end);
      return [...Map.groupBy(below, ({ name }) => name)].map(([name, changes]) => ({
        period: 'all',
        name,
        figures: { [measure]: changes.reduce((sum, { more }) => sum + more, 0) },
      }));
    };
    return { rejected: this.rejected, maybeRejected: new Set(), totalsBelow, rows: this.rows, emitted: this.emitted, kept };
  }
}
