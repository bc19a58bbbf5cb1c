/** Topics: partitions with their records, and the offset of the group that reads them. */
import { type LogRecord, type NewRecord, NO_HEADERS } from '#platform/log/log.ts';
import { partitionOf } from '#platform/log/partition.ts';
import type { Worker } from './pipeline.ts';

export interface LogPartition {
  readonly topic: string;
  readonly partition: number;
  readonly records: LogRecord[];
}

/** One partition of a worker's topic, and its group's offset there. */
export interface SimulatedShard {
  readonly worker: Worker;
  readonly shard: number;
  readonly log: LogPartition;
  groupOffset: number | undefined;
}

/** The offset behind the last record. */
export function endOf({ records }: LogPartition): number {
  return (records.at(-1)?.offset ?? -1) + 1;
}

/** What is appended, by whomever. */
export type Appended = Omit<NewRecord, 'key'> & { readonly key: string | null };

/** Appends a record, so many offsets behind the end. */
export function appendTo(log: LogPartition, { key, value, timestamp_ms, headers = NO_HEADERS }: Appended, gap: number): LogRecord {
  const record: LogRecord = {
    partition: log.partition,
    offset: endOf(log) + gap,
    key: key === null ? null : Buffer.from(key),
    value: Buffer.from(value),
    timestamp_ms,
    headers,
  };
  log.records.push(record);
  return record;
}

export class Topics {
  readonly #topics = new Map<string, readonly LogPartition[]>();

  constructor(partitions: ReadonlyMap<string, number>) {
    for (const [topic, count] of partitions) this.#topics.set(topic, partitionsOf(topic, count));
  }

  /** The partitions of a topic: one, unless the pipeline says more. */
  of(topic: string): readonly LogPartition[] {
    const known = this.#topics.get(topic) ?? partitionsOf(topic, 1);
    this.#topics.set(topic, known);
    return known;
  }

  /** Where records of a key go. */
  home(topic: string, key: string): LogPartition {
    const partitions = this.of(topic);
    return partitions[partitions.length === 1 ? 0 : partitionOf(key, partitions.length)] as LogPartition;
  }

  /** All records of a topic, partition by partition. */
  records(topic: string): LogRecord[] {
    return this.of(topic).flatMap(({ records }) => records);
  }
}

function partitionsOf(topic: string, count: number): LogPartition[] {
  return Array.from({ length: count }, (_, partition) => ({ topic, partition, records: [] }));
}
