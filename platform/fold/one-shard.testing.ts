/** One shard of any fold on ports in memory, under its production owner: what the owner writes for each batch of records. */
import type { Clock } from '#platform/clock/clock.ts';
import { type LogRecord, type NewRecord, NO_HEADERS, type OwnedPartition } from '#platform/log/log.ts';
import type { Columns, Key, Mutation, PageRequest, Row, TableDefinition, Tables, TotalRow } from '#platform/tables/tables.ts';
import { FoldBudget } from './budget.ts';
import type { Heard } from './cause.ts';
import type { FoldContext } from './context.ts';
import type { FoldDefinition } from './definition.ts';
import { ownShard } from './fold.ts';
import { shardJoins } from './join.ts';
import { DEFAULT_FOLD_LIMITS } from './limits.ts';
import type { FlushReport, FoldObserver } from './outcome.ts';
import { pageOf } from './page.ts';
import { MemoryTables } from './simulator/memory-tables.ts';

const SHARD = 0;

/** What was written for one batch. */
export interface Written {
  /** Absent where the owner died. */
  report?: FlushReport;
  /** The rows of step b. */
  readonly rows: Mutation[];
  /** Those of step c: pages, and the row of the join. */
  readonly pages: Mutation[];
  readonly kept: Mutation[];
  readonly emitted: { readonly topic: string; readonly record: NewRecord }[];
  readonly rejected: NewRecord[];
}

export class OneShard<Event, State, Pin> {
  /** When emissions are appended, in milliseconds since the epoch. */
  now_ms = 0;
  readonly tables = new MemoryTables();
  readonly #definition: FoldDefinition<Event, State, Pin>;
  #written: Written = nothing();
  /** `dying`: the next commit is the last that arrives of the owner. */
  #life: 'alive' | 'dying' | 'dead' = 'alive';

  constructor(definition: FoldDefinition<Event, State, Pin>) {
    this.#definition = definition;
  }

  /**
   * A new owner claims the shard and folds the records in one batch.
   * @throws what made it stop
   */
  async fold(records: readonly LogRecord[]): Promise<Written> {
    const written = nothing();
    this.#written = written;
    const taken = new AbortController();
    const batches = [records].values();
    const partition: OwnedPartition = {
      topic: this.#definition.topic,
      partition: SHARD,
      signal: taken.signal,
      groupOffset: async () => records[0]?.offset,
      bounds: async () => ({ earliest: 0, end: Number.MAX_SAFE_INTEGER }),
      seek: () => undefined,
      read: async () => {
        const { value } = batches.next();
        if (!value) taken.abort();
        return value ?? [];
      },
      commit: async () => undefined,
    };
    await this.#own(partition, taken);
    return written;
  }

  /** An owner that dies as soon as the batch is committed: nothing of what follows is written. */
  async foldAndDie(records: readonly LogRecord[]): Promise<void> {
    this.#life = 'dying';
    await this.fold(records);
    this.#life = 'alive';
  }

  /** What stands in each key's page, by the columns of its key. */
  pages(): { readonly key: Readonly<Record<string, unknown>>; readonly heard: Heard; readonly state: State }[] {
    const { table } = this.#definition.pages;
    return this.#rowsWithin(table.name, {}).map(({ page, ...key }) => {
      const { heard, state } = pageOf(this.#definition, JSON.stringify(key), String(page));
      return { key, heard, state };
    });
  }

  totals(): readonly TotalRow[] {
    return this.tables.readShard({ fold: this.#definition.name, shard: SHARD }, 'every').totals;
  }

  /** The row of the join, as text. */
  kept(): string | undefined {
    return this.tables.read(shardJoins, { fold: this.#definition.name, shard: SHARD })?.kept as string | undefined;
  }

  async #own(partition: OwnedPartition, taken: AbortController): Promise<void> {
    let stopped: { readonly error: unknown } | undefined;
    const stop = (_: number, error: unknown) => {
      if (this.#life !== 'dead') stopped = { error };
      taken.abort();
    };
    const observer: FoldObserver = {
      claimed: () => undefined,
      flushed: (report) => {
        this.#written.report = report;
      },
      abandoned: stop,
      alarmed: stop,
      released: () => undefined,
      delay: () => {
        throw new Error('nothing is forwarded here');
      },
    };
    await ownShard(this.#context(observer, taken), partition);
    if (stopped) throw stopped.error;
  }

  #context(observer: FoldObserver, taken: AbortController): FoldContext<Event, State, Pin> {
    const { flushRecords, cachedPages } = DEFAULT_FOLD_LIMITS;
    const clock: Clock = { now_ms: () => this.now_ms, monotonic_ms: () => 0, sleep: async () => undefined };
    return {
      definition: this.#definition,
      log: { nameOf: (name) => name, append: async (topic, records) => this.#append(topic, records) },
      tables: this.#tables(taken),
      clock,
      limits: DEFAULT_FOLD_LIMITS,
      budget: new FoldBudget({ recordsInFlushes: flushRecords, cachedPages, claimsAtOnce: 1 }),
      observer,
    };
  }

  #append(topic: string, records: readonly NewRecord[]): void {
    this.#mustLive();
    if (topic === this.#definition.totalsTopic) return;
    if (topic === this.#definition.rejectedTopic) this.#written.rejected.push(...records);
    else this.#written.emitted.push(...records.map((record) => ({ topic, record })));
  }

  #tables(taken: AbortController): Tables {
    const { tables } = this;
    return {
      get: async <C extends Columns, P extends keyof C & string, K extends keyof C & string>(
        table: TableDefinition<C, P, K>,
        keys: readonly Key<TableDefinition<C, P, K>>[],
      ) => keys.map((key) => tables.read(table as TableDefinition, key) as Row<TableDefinition<C, P, K>> | undefined),
      page: async <C extends Columns, P extends keyof C & string, K extends keyof C & string>(
        table: TableDefinition<C, P, K>,
        { within }: PageRequest<TableDefinition<C, P, K>>,
      ) => ({ rows: this.#rowsWithin(table.name, within) as readonly Row<TableDefinition<C, P, K>>[] }),
      write: async (mutations) => {
        this.#mustLive();
        for (const mutation of mutations) this.#write(mutation);
      },
      readShard: async (shard, periods) => tables.readShard(shard, periods),
      claimShard: async (shard, claim) => tables.claim(shard, claim),
      commitShard: async (shard, commit) => {
        const reply = tables.commit(shard, commit);
        if (this.#life === 'dying') {
          this.#life = 'dead';
          taken.abort();
        }
        return reply;
      },
      check: async () => undefined,
      close: async () => undefined,
    };
  }

  #write(mutation: Mutation): void {
    const { pages, kept, rows } = this.#written;
    const name = mutation.table.name;
    (name === this.#definition.pages.table.name ? pages : name === shardJoins.name ? kept : rows).push(mutation);
    this.tables.apply(mutation);
  }

  #rowsWithin(name: string, within: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>[] {
    const isWithin = (row: Readonly<Record<string, unknown>>) => Object.entries(within).every(([column, value]) => row[column] === value);
    return [...this.tables.rows()].filter(({ table, row }) => table.name === name && isWithin(row)).map(({ row }) => row);
  }

  #mustLive(): void {
    if (this.#life === 'dead') throw new Error('the owner is dead');
  }
}

function nothing(): Written {
  return { rows: [], pages: [], kept: [], emitted: [], rejected: [] };
}

/** A record that was appended, as the log hands it to the owner of the shard. */
export function arrived({ key, value, timestamp_ms, headers = NO_HEADERS }: NewRecord, offset: number): LogRecord {
  return { partition: SHARD, offset, key: Buffer.from(key), value: Buffer.from(value), timestamp_ms, headers };
}
