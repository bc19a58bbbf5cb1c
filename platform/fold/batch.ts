/** What one flush will write: the outcome of folding a batch of records into the owner's memory. */
import type { LogRecord } from '#platform/log/log.ts';
import type { Mutation } from '#platform/tables/tables.ts';
import type { CountedEvent } from './definition.ts';
import type { Emitted } from './emissions.ts';
import type { Page } from './page.ts';

/** A record that could not be folded. */
export interface RejectedRecord {
  readonly record: LogRecord;
  readonly reason: string;
}

export class Batch<Event, State> {
  /** Highest handed offset + 1: where the group may stand when everything here is written. */
  readonly end: number;
  readonly records: number;
  readonly counted: CountedEvent<Event>[] = [];
  /** Counted and refused records whose totals were committed before. */
  redone = 0;
  /** Records that were refused for the first time. */
  refused = 0;
  repeated = 0;
  /** Records at or below their key's lsn: they are in their pages already. */
  skipped = 0;
  readonly rejected: RejectedRecord[] = [];
  /** The rows that events completed. */
  readonly completed: Mutation[] = [];
  readonly emitted: Emitted[] = [];
  /** The keys whose pages change, each with its page, which is as after the batch when all of it is folded. */
  readonly pages = new Map<string, Page<State>>();
  /** The lists that each key entered or left at any event of the batch, even where the net is nothing. */
  readonly touched = new Map<string, Set<string>>();
  /** Periods whose totals these events are part of, whether counted now or before. */
  readonly periods: ReadonlySet<string>;
  /** When the records counted for the first time were accepted. */
  readonly accepted: { key: string; accepted_ms: number }[] = [];

  constructor(records: readonly LogRecord[], periods: ReadonlySet<string>) {
    this.records = records.length;
    this.end = (records.at(-1)?.offset ?? -1) + 1;
    this.periods = periods;
  }

  touch(key: string, names: readonly string[]): void {
    if (names.length === 0) return;
    const known = this.touched.get(key) ?? new Set();
    for (const name of names) known.add(name);
    this.touched.set(key, known);
  }
}
