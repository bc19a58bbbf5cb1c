/** Everything that the embedded log reads, over a connection of the main thread: readers never wait for the writer. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { readAtOnce } from '#platform/sqlite/database.ts';
import { decodeRecords } from './embedded-records.ts';
import type { LogRecord, PartitionLag } from './log.ts';

/** Bytes of records that one read hands at the most, unless a single batch is larger. */
const READ_BYTES_MAX = 8 * 1024 * 1024;

export interface Topic {
  readonly topicId: number;
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: string;
}

export interface Bounds {
  readonly earliest: number;
  readonly end: number;
}

export class LogReads {
  readonly #database: DatabaseSync;
  readonly #topics = new Map<string, Topic>();
  readonly #statements: Readonly<Record<'topic' | 'bounds' | 'groupOffset' | 'batches' | 'version', StatementSync>>;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = {
      topic: database.prepare(`
        SELECT topic_id, cleanup, (SELECT count(*) FROM partitions WHERE partitions.topic_id = topics.topic_id) AS partitions
        FROM topics WHERE name = ?`),
      bounds: database.prepare('SELECT earliest_offset, end_offset FROM partitions WHERE topic_id = ? AND partition = ?'),
      groupOffset: database.prepare('SELECT next_offset FROM group_offsets WHERE topic_id = ? AND group_name = ? AND partition = ?'),
      // The batch that holds the offset begins at or before it.
      batches: database.prepare(`
        SELECT base_offset, records FROM batches WHERE topic_id = ?1 AND partition = ?2 AND base_offset >= coalesce(
          (SELECT max(base_offset) FROM batches WHERE topic_id = ?1 AND partition = ?2 AND base_offset <= ?3), ?3)
        ORDER BY base_offset`),
      version: database.prepare('PRAGMA data_version'),
    };
  }

  /** The topic of that name; undefined when nobody has created it. Topics never change and never go. */
  topic(name: string): Topic | undefined {
    const known = this.#topics.get(name);
    if (known) return known;
    const row = this.#statements.topic.get(name);
    if (row === undefined) return undefined;
    const topic = { topicId: Number(row.topic_id), name, partitions: Number(row.partitions), cleanup: String(row.cleanup) };
    this.#topics.set(name, topic);
    return topic;
  }

  bounds(topic: Topic, partition: number): Bounds {
    const row = this.#statements.bounds.get(topic.topicId, partition);
    if (row === undefined) throw new Error(`${topic.name} has no partition ${partition}`);
    return { earliest: Number(row.earliest_offset), end: Number(row.end_offset) };
  }

  groupOffset(topic: Topic, group: string, partition: number): number | undefined {
    const row = this.#statements.groupOffset.get(topic.topicId, group, partition);
    return row === undefined ? undefined : Number(row.next_offset);
  }

  /** How far the group is behind in each partition, as of one instant. */
  lag(topic: Topic, group: string): readonly PartitionLag[] {
    return readAtOnce(this.#database, () =>
      Array.from({ length: topic.partitions }, (_, partition) => {
        const { earliest, end } = this.bounds(topic, partition);
        const groupOffset = this.groupOffset(topic, group, partition);
        return { partition, groupOffset, endOffset: end, records: Math.max(0, end - Math.max(earliest, groupOffset ?? earliest)) };
      }),
    );
  }

  /** The records from `offset` on that are there now: `limit` at the most, and fewer when they are large. */
  records(topic: Topic, partition: number, offset: number, limit: number): LogRecord[] {
    const records: LogRecord[] = [];
    let bytes = 0;
    for (const row of this.#statements.batches.iterate(topic.topicId, partition, offset)) {
      const batch = row.records as Uint8Array;
      decodeRecords({ bytes: batch, partition, baseOffset: Number(row.base_offset) }, offset, limit, records);
      bytes += batch.byteLength;
      if (records.length >= limit || bytes >= READ_BYTES_MAX) break;
    }
    return records;
  }

  /** A number that is another one when some connection has written since it was last asked for. */
  version(): number {
    return Number(this.#statements.version.get()?.data_version);
  }
}
