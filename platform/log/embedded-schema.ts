/** The embedded log's database, and what its writer is asked to do. */

/** Grows by one with every change of the tables below, and of the records in them (embedded-records.ts). */
export const LAYOUT_VERSION = 2;

/**
 * A batch holds the records that one append, or several at the same time, put into one partition (embedded-records.ts).
 * In a compacted topic it holds one record, with its key, and remembers when a newer record of that key came.
 */
export const LAYOUT = `
  CREATE TABLE topics (
    topic_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    cleanup TEXT NOT NULL,
    retention_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE partitions (
    topic_id INTEGER NOT NULL,
    partition INTEGER NOT NULL,
    earliest_offset INTEGER NOT NULL,
    end_offset INTEGER NOT NULL,
    PRIMARY KEY (topic_id, partition)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE batches (
    batch_id INTEGER PRIMARY KEY,
    topic_id INTEGER NOT NULL,
    partition INTEGER NOT NULL,
    base_offset INTEGER NOT NULL,
    record_count INTEGER NOT NULL,
    timestamp_ms_max INTEGER NOT NULL,
    superseded_ms INTEGER,
    key TEXT,
    records BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX batches_in_order ON batches (topic_id, partition, base_offset);
  CREATE INDEX batches_by_key ON batches (topic_id, partition, key) WHERE key IS NOT NULL AND superseded_ms IS NULL;
  CREATE INDEX batches_superseded ON batches (superseded_ms) WHERE superseded_ms IS NOT NULL;
  CREATE TABLE group_offsets (
    topic_id INTEGER NOT NULL,
    group_name TEXT NOT NULL,
    partition INTEGER NOT NULL,
    next_offset INTEGER NOT NULL,
    PRIMARY KEY (topic_id, group_name, partition)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE group_owners (
    topic_id INTEGER NOT NULL,
    group_name TEXT NOT NULL,
    token TEXT NOT NULL,
    pid INTEGER NOT NULL,
    PRIMARY KEY (topic_id, group_name)
  ) STRICT, WITHOUT ROWID
`;

/** Records for one partition, encoded. */
export interface EncodedBatch {
  readonly topicId: number;
  readonly partition: number;
  readonly count: number;
  readonly timestamp_ms_max: number;
  /** The key, in a compacted topic; there `count` is 1. */
  readonly key: string | null;
  readonly records: Uint8Array;
}

export interface GroupOf {
  readonly topicId: number;
  readonly group: string;
}

/** One thing to write. */
export type LogWrite =
  | { readonly kind: 'append'; readonly now_ms: number; readonly batches: readonly EncodedBatch[] }
  | { readonly kind: 'commit'; readonly group: GroupOf; readonly partition: number; readonly offset: number }
  | { readonly kind: 'rewind'; readonly group: GroupOf; readonly offset: number }
  | { readonly kind: 'join'; readonly group: GroupOf; readonly token: string; readonly pid: number }
  | { readonly kind: 'leave'; readonly group: GroupOf; readonly token: string }
  | {
      readonly kind: 'create-topic';
      readonly name: string;
      readonly partitions: number;
      readonly cleanup: string;
      readonly retention_ms: number;
    }
  | { readonly kind: 'clean-up'; readonly now_ms: number };

/** What a write takes in the writer's queue, but for an append. */
export const SMALL_WRITE_BYTES = 256;

/** What became of it. A refusal is a reply; only what the database cannot do is an error. */
export type LogReply =
  | { readonly kind: 'done' }
  /** The end offset of each batch's partition, in the order of the batches. */
  | { readonly kind: 'appended'; readonly endOffsets: readonly number[] }
  /** A living process consumes as the group. */
  | { readonly kind: 'owned'; readonly pid: number }
  | { readonly kind: 'topic'; readonly created: boolean; readonly partitions: number }
  | { readonly kind: 'cleaned'; readonly more: boolean };
