/** The embedded tables' database, and what its writer is asked to do. */
import type { SQLInputValue } from 'node:sqlite';
import type { CommitReply, ShardClaim, ShardCommit, ShardKey, ShardState } from './tables.ts';

/** Grows by one with every change of the tables below, and of the way in which rows are stored. */
export const LAYOUT_VERSION = 2;

/** What there is besides a table for each table definition. */
export const LAYOUT = `
  CREATE TABLE _shards (
    fold TEXT NOT NULL,
    shard INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    next_offset INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    PRIMARY KEY (fold, shard)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE _shard_totals (
    fold TEXT NOT NULL,
    shard INTEGER NOT NULL,
    period TEXT NOT NULL,
    name TEXT NOT NULL,
    figures TEXT NOT NULL,
    PRIMARY KEY (fold, shard, period, name)
  ) STRICT, WITHOUT ROWID
`;

/** One statement, and the values of as many runs of it as there are, one after another. */
export interface Runs {
  readonly sql: string;
  readonly width: number;
  readonly values: SQLInputValue[];
}

/** One thing to write, or to read as a write sees it. */
export type TablesWrite =
  | { readonly kind: 'rows'; readonly runs: readonly Runs[] }
  | { readonly kind: 'create'; readonly table: string; readonly sql: string }
  | { readonly kind: 'claim'; readonly shard: ShardKey; readonly claim: ShardClaim }
  | { readonly kind: 'commit'; readonly shard: ShardKey; readonly commit: ShardCommit }
  | { readonly kind: 'read-shard'; readonly shard: ShardKey; readonly periods: readonly string[] | 'every' };

/** What became of it. */
export type TablesReply =
  | { readonly kind: 'done' }
  | { readonly kind: 'compared'; readonly reply: CommitReply }
  | { readonly kind: 'shard'; readonly state: ShardState };

/** What a write takes in the writer's queue, but for rows and totals. */
export const SMALL_WRITE_BYTES = 256;
