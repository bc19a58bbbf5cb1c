/** What a system gives to the simulator: its fold, records to feed it with, and a naive recount to hold the tables against. */
import type { LogRecord } from '#platform/log/log.ts';
import type { Random } from '#platform/random/random.ts';
import type { TableDefinition, TotalRow } from '#platform/tables/tables.ts';
import type { FoldDefinition, KeyState } from '../definition.ts';
import type { Columns, StoredRow } from './memory-tables.ts';

/** The configuration of a process. `larger` has a menu type more than `first`. */
export type MenuSize = 'first' | 'larger';

export interface SimulatedSystem<Event, State extends KeyState, Pin> {
  readonly name: string;
  /** Shards of a history at the most. */
  readonly shards_max: number;
  /** A process's own definition. */
  definition(menu: MenuSize): FoldDefinition<Event, State, Pin>;
  /** The values of the records of one shard's log: orders, some twice, some garbage, some in the wrong shard. */
  values(random: Random, shard: number): readonly string[];
  /** The offsets of so many records of a log. They rise, by more than one where it leaves some out, as for a transaction's markers. */
  offsets(random: Random, records: number): readonly number[];
  /** What the stored rows say to those who read them: each says itself, or, where it is a page of several, each of them. */
  factsOf(rows: Iterable<StoredRow>): Iterable<StoredRow>;
  /** Counts a log from nothing, by other code than the fold's, under the configuration that the shard has pinned. */
  recount(log: readonly LogRecord[], shard: number, fingerprint: string): Truth;
}

/** What a log must have led to. */
export interface Truth {
  /** Offsets that must be in the topic of the rejected. */
  readonly rejected: ReadonlySet<number>;
  /** Offsets that may be there as well: an owner that did not know the menu type yet rejected them, and was fenced off. */
  readonly maybeRejected: ReadonlySet<number>;
  /** The totals of the records below an offset. */
  totalsBelow(offset: number): readonly TotalRow[];
  /** Every row of every table, pages unfolded. */
  readonly rows: readonly ExpectedRow[];
}

export interface ExpectedRow {
  readonly table: TableDefinition;
  /** All columns but `lsn`. */
  readonly columns: Columns;
  /** For a row that has one: it may also stand at a duplicate that came after the last order counted. */
  readonly lsn?: { readonly from: number; readonly to: number };
}
