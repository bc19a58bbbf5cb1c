/**
 * The tables port: partitioned rows with versions, and shards that are committed by compare-and-set. Adapters:
 * `cassandra.ts` and `embedded.ts` (node:sqlite); `tables.contract.ts` is the suite that every adapter passes.
 */

/** What a column holds. A trailing `?` allows null; key columns never do. */
export type ColumnType = ScalarType | `${ScalarType}?` | 'map<text,text>' | 'map<text,bigint>' | 'list<text>';
type ScalarType = 'text' | 'int' | 'bigint' | 'timestamp' | 'date';

/** The TypeScript value of a column: `timestamp` is milliseconds since the epoch, `date` is `YYYY-MM-DD`, collections are frozen (written whole). */
export type ColumnValue<T extends ColumnType> = T extends `${infer S extends ScalarType}?`
  ? ColumnValue<S> | null
  : T extends 'text' | 'date'
    ? string
    : T extends 'int' | 'bigint' | 'timestamp'
      ? number
      : T extends 'map<text,text>'
        ? ReadonlyMap<string, string>
        : T extends 'map<text,bigint>'
          ? ReadonlyMap<string, number>
          : readonly string[];

export type Columns = Readonly<Record<string, ColumnType>>;

/** A table. Rows are ordered by the clustering key within a partition: text by its UTF-8 bytes, numbers by value. */
export interface TableDefinition<
  C extends Columns = Columns,
  P extends keyof C & string = keyof C & string,
  K extends keyof C & string = keyof C & string,
> {
  readonly name: string;
  readonly columns: C;
  readonly partitionKey: readonly P[];
  /** Empty where each row is a partition: many of those are read and written one by one. */
  readonly clusteringKey: readonly K[];
  /** Clustering columns that are ordered from high to low. */
  readonly descending: readonly K[];
}

export type Row<T> = T extends TableDefinition<infer C, infer _P, infer _K> ? { readonly [N in keyof C]: ColumnValue<C[N]> } : never;
export type PartitionKey<T> = T extends TableDefinition<infer _C, infer P, infer _K> ? Pick<Row<T>, P & keyof Row<T>> : never;
export type Key<T> = T extends TableDefinition<infer _C, infer P, infer K> ? Pick<Row<T>, (P | K) & keyof Row<T>> : never;

/** Declares a table; the types of rows and keys follow from it. */
export function defineTable<const C extends Columns, const P extends keyof C & string, const K extends keyof C & string>(definition: {
  readonly name: string;
  readonly columns: C;
  readonly partitionKey: readonly P[];
  readonly clusteringKey: readonly K[];
  readonly descending?: readonly K[];
}): TableDefinition<C, P, K> {
  return { descending: [], ...definition };
}

/** One versioned write. A write never changes a row that holds a higher version, nor one deleted at the same or a higher version. */
export type Mutation =
  | { readonly kind: 'put'; readonly table: TableDefinition; readonly row: Readonly<Record<string, unknown>>; readonly version: number }
  | { readonly kind: 'delete'; readonly table: TableDefinition; readonly key: Readonly<Record<string, unknown>>; readonly version: number };

/** An upsert of a whole row. `version` is an integer from 0 to 2^53. */
export function put<C extends Columns, P extends keyof C & string, K extends keyof C & string>(
  table: TableDefinition<C, P, K>,
  row: Row<TableDefinition<C, P, K>>,
  version: number,
): Mutation {
  return { kind: 'put', table: table as TableDefinition, row: row as Readonly<Record<string, unknown>>, version };
}

/** A delete of one row, whose version stays behind: a write at or below it that arrives later changes nothing. */
export function remove<C extends Columns, P extends keyof C & string, K extends keyof C & string>(
  table: TableDefinition<C, P, K>,
  key: Key<TableDefinition<C, P, K>>,
  version: number,
): Mutation {
  return { kind: 'delete', table: table as TableDefinition, key: key as Readonly<Record<string, unknown>>, version };
}

export interface PageRequest<T> {
  /** The whole partition key, and optionally leading clustering columns that must be equal. */
  readonly within: PartitionKey<T> & Partial<Row<T>>;
  /** Only rows whose first clustering column not named in `within` (a text) starts with this. */
  readonly startsWith?: string;
  /** Rows at the most, at least 1. */
  readonly limit: number;
  /** Where the page before ended: its `cursor`. */
  readonly cursor?: string;
}

export interface Page<T> {
  readonly rows: readonly Row<T>[];
  /** Opaque; asks for the rows after these. Absent on the last page. */
  readonly cursor?: string;
}

/** Thrown by `page` for a cursor that this table did not make. */
export class BadCursor extends Error {
  override readonly name = 'BadCursor';
}

/** One shard of one fold: the unit that is claimed and committed. */
export interface ShardKey {
  readonly fold: string;
  readonly shard: number;
}

/** A total of a shard: the figures of one name in one period, such as `all` or a day. The period is no empty text. */
export interface TotalRow {
  readonly period: string;
  readonly name: string;
  /** By measure: safe integers, which may be below zero. */
  readonly figures: Readonly<Record<string, number>>;
}

/** What stands in a shard's row, and its totals for the periods asked for, read as of one instant. */
export interface ShardState {
  /** 0 until the shard is first claimed. */
  readonly epoch: number;
  /** Every record below this offset is in the totals. */
  readonly nextOffset: number;
  /** The pinned configuration; null until the shard is first claimed. */
  readonly fingerprint: string | null;
  readonly totals: readonly TotalRow[];
}

export interface ShardClaim {
  /** What was read: the claim applies only while both still stand. */
  readonly epoch: number;
  readonly nextOffset: number;
  /** Stored with epoch + 1. */
  readonly fingerprint: string;
}

export interface ShardCommit {
  /** The claimer's own epoch, and the next_offset that it knows: the commit applies only while both stand. */
  readonly epoch: number;
  readonly base: number;
  readonly next: number;
  /** The rows that changed, with their new values. */
  readonly totals: readonly TotalRow[];
}

export type CommitReply = { readonly applied: true } | { readonly applied: false; readonly epoch: number; readonly nextOffset: number };

/**
 * What no table takes, now or later: a mutation whose row or key has a value that its column cannot hold, or whose version is
 * none; totals that would not come back as they were. Nothing of the call was written.
 */
export class UnwritableRow extends TypeError {
  override readonly name = 'UnwritableRow';
}

/**
 * Where a call rejects, its outcome is unknown: a write, claim or commit may have been applied, or be applied later.
 */
export interface Tables {
  /** The rows of the keys, in their order; undefined where there is none. Read at quorum. */
  get<C extends Columns, P extends keyof C & string, K extends keyof C & string>(
    table: TableDefinition<C, P, K>,
    keys: readonly Key<TableDefinition<C, P, K>>[],
  ): Promise<readonly (Row<TableDefinition<C, P, K>> | undefined)[]>;
  /** One page of a partition, in clustering order. @throws BadCursor */
  page<C extends Columns, P extends keyof C & string, K extends keyof C & string>(
    table: TableDefinition<C, P, K>,
    request: PageRequest<TableDefinition<C, P, K>>,
  ): Promise<Page<TableDefinition<C, P, K>>>;
  /** Applies every mutation, in any order; not atomic as a whole. Resolved: all are durable. @throws UnwritableRow */
  write(mutations: readonly Mutation[]): Promise<void>;
  /**
   * A shard and its totals for `periods` (`'every'`: all that there are), at one instant. `serial` sees every commit
   * that was answered before and settles those under way; `quorum` is cheaper and may miss the newest for a moment.
   */
  readShard(shard: ShardKey, periods: readonly string[] | 'every', consistency: 'serial' | 'quorum'): Promise<ShardState>;
  /** Takes a shard over: epoch + 1 where the claim's epoch and next_offset still stand. */
  claimShard(shard: ShardKey, claim: ShardClaim): Promise<CommitReply>;
  /** Stores next_offset and totals, all or nothing, where the commit's epoch and base still stand. @throws UnwritableRow */
  commitShard(shard: ShardKey, commit: ShardCommit): Promise<CommitReply>;
  /** Resolves when the tables answer; rejects with the reason when they do not. */
  check(): Promise<void>;
  close(): Promise<void>;
}
