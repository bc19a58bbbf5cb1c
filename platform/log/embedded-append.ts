/** Appends that share a transaction: gathered while the one before is written, encoded when their turn comes. */
import type { Job } from '#platform/sqlite/writer.ts';
import { headersLength } from './embedded-headers.ts';
import type { Topic } from './embedded-reads.ts';
import { encodedLength, encodeRecords } from './embedded-records.ts';
import type { EncodedBatch, LogWrite } from './embedded-schema.ts';
import type { NewRecord } from './log.ts';
import { partitionOf } from './partition.ts';

/** Records are gathered into one write up to this; the next ones begin another. */
const GATHERED_BYTES_MAX = 4 * 1024 * 1024;
/** What a record takes besides its key, value and headers. */
const RECORD_OVERHEAD_BYTES = 64;

/** A guess at the memory of records, for the writer's limit. */
export function bytesOf(records: readonly NewRecord[]): number {
  let bytes = 0;
  for (const { key, value, headers } of records) bytes += RECORD_OVERHEAD_BYTES + key.length + value.length + headersLength(headers);
  return bytes;
}

interface Gathered {
  readonly topic: Topic;
  readonly partition: number;
  readonly records: NewRecord[];
}

/** One write in the making. */
export class AppendJob implements Job<LogWrite> {
  readonly #now_ms: () => number;
  readonly #onSeal: (job: AppendJob) => void;
  readonly #gathered = new Map<Topic, (Gathered | undefined)[]>();
  #sealed: readonly Gathered[] = [];
  #bytes = 0;

  /** @param onSeal told when nothing more can be added */
  constructor(now_ms: () => number, onSeal: (job: AppendJob) => void) {
    this.#now_ms = now_ms;
    this.#onSeal = onSeal;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** What each batch of the sealed write is for. */
  get sealed(): readonly { readonly topic: Topic; readonly partition: number }[] {
    return this.#sealed;
  }

  get isFull(): boolean {
    return this.#bytes >= GATHERED_BYTES_MAX;
  }

  /**
   * Adds all records of one call of `append`. They must not be shared out between jobs: a job is one message of one transaction, so that
   * all of a call is durable or nothing is, which keeps the promise of `append` (log.ts) whatever fails.
   */
  add(topic: Topic, records: readonly NewRecord[], bytes: number): void {
    const partitions = this.#gathered.get(topic) ?? [];
    this.#gathered.set(topic, partitions);
    for (const record of records) {
      const partition = partitionOf(record.key, topic.partitions);
      const gathered = partitions[partition];
      if (gathered) gathered.records.push(record);
      else partitions[partition] = { topic, partition, records: [record] };
    }
    this.#bytes += bytes;
  }

  seal(): { readonly message: LogWrite; readonly transfer: readonly ArrayBuffer[] } {
    this.#onSeal(this);
    const gathered = [...this.#gathered.values()].flat().filter((batch) => batch !== undefined);
    this.#sealed = gathered.flatMap((batch) => (batch.topic.cleanup === 'compact' ? singly(batch) : [batch]));
    const memory = new ArrayBuffer(this.#sealed.reduce((sum, { records }) => sum + encodedLength(records), 0));
    const target = Buffer.from(memory);
    let at = 0;
    const encoded = this.#sealed.map((row): EncodedBatch => {
      const start = at;
      at = encodeRecords(row.records, target, start);
      return {
        topicId: row.topic.topicId,
        partition: row.partition,
        count: row.records.length,
        timestamp_ms_max: row.records.reduce((latest, { timestamp_ms }) => Math.max(latest, timestamp_ms), Number.MIN_SAFE_INTEGER),
        key: row.topic.cleanup === 'compact' ? (row.records[0] as NewRecord).key : null,
        records: new Uint8Array(memory, start, at - start),
      };
    });
    return { message: { kind: 'append', now_ms: this.#now_ms(), batches: encoded }, transfer: [memory] };
  }
}

/** A compacted topic forgets record by record, so each stands alone. */
function singly({ topic, partition, records }: Gathered): Gathered[] {
  return records.map((record) => ({ topic, partition, records: [record] }));
}
