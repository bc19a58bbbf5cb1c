/**
 * The log port: partitioned, ordered, durable topics. Adapters: `kafka.ts` (kafkajs) and `embedded.ts` (node:sqlite);
 * `log.contract.ts` is the suite that every adapter passes. Offsets are integers below 2^53, dense within a partition
 * but for what retention removed.
 */

/** Texts that travel beside a record's key and value, by name. */
export type RecordHeaders = Readonly<Record<string, string>>;

/** The headers of every record that has none: one object, so that such records cost nothing. */
export const NO_HEADERS: RecordHeaders = Object.freeze({});

/** A record to append. Its partition is `murmur2(key) mod partitions`, as in any Kafka client (see partition.ts). */
export interface NewRecord {
  readonly key: string;
  readonly value: string | Uint8Array;
  /**
   * When the record was accepted, in milliseconds since the epoch. Not older than a day where records must not be doubled:
   * by it Kafka tells how long to remember a producer, and then no longer recognizes what that producer writes again.
   */
  readonly timestamp_ms: number;
  /** None where this is left out. */
  readonly headers?: RecordHeaders;
}

/** A record as it stands in a topic. Key and value are whatever bytes a producer wrote, `null` where it wrote none. */
export interface LogRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp_ms: number;
  /**
   * `NO_HEADERS` where it has none. Another program may have written bytes, which are read as UTF-8; or a name several times,
   * of which the last stands; or a name without a value, which is an empty one.
   */
  readonly headers: RecordHeaders;
}

/** A topic that this program needs. */
export interface TopicDefinition {
  readonly name: string;
  readonly partitions: number;
  /** The setting that says how many, where one does: for whoever has to set it back. */
  readonly partitionsSetting?: string;
  /** `delete` keeps records for `retention_ms` (-1: for ever); `compact` keeps the last record of every key. */
  readonly cleanup: 'delete' | 'compact';
  readonly retention_ms: number;
  /** One sentence for a reader of `kaiseki topics` and of the Kubernetes manifests. */
  readonly purpose: string;
}

/**
 * Thrown by `append` when some records may not be durable. Those are unknown: they may be in the log, now or later.
 * Every other record of the call is durable. In each partition the unknown ones are the last of the call's records there.
 */
export class AppendFailed extends Error {
  override readonly name = 'AppendFailed';
  /** Indexes, into the records of the call, of those whose fate is unknown. */
  readonly indexes: ReadonlySet<number>;

  constructor(indexes: ReadonlySet<number>, cause: unknown) {
    super(`${indexes.size} records may not be durable: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.indexes = indexes;
  }
}

/**
 * Bytes that the key, the value and the headers of a record may have together, in UTF-8. Kafka's brokers take batches of up to 1 MiB
 * by default, their own fields included.
 */
export const RECORD_BYTES_MAX = 900_000;

/** What no log takes, now or later: a record above RECORD_BYTES_MAX. Nothing of the call was sent. */
export class UnwritableRecord extends RangeError {
  override readonly name = 'UnwritableRecord';
}

/** What was asked for cannot be, as this process is set up: to ask again mends nothing, whoever set it up must. One sentence says all. */
export class WrongSetup extends Error {
  override readonly name = 'WrongSetup';
}

/** Thrown where a topic was never created. */
export class NoSuchTopic extends Error {
  override readonly name = 'NoSuchTopic';

  constructor(topic: string, options?: ErrorOptions) {
    super(`there is no topic ${topic}: run kaiseki topics`, options);
  }
}

/** What is wrong with a topic that has another number of partitions. */
export function partitionsProblem({ name, partitions, partitionsSetting }: TopicDefinition, existing: number | undefined): string {
  return `topic ${name} has ${existing} partitions, not ${partitions}${partitionsSetting ? ` (${partitionsSetting})` : ''}`;
}

/** How far a consumer group is behind in one partition. */
export interface PartitionLag {
  readonly partition: number;
  /** The next offset that the group will read; `undefined` when it has none. */
  readonly groupOffset: number | undefined;
  /** The offset that the next appended record will get. */
  readonly endOffset: number;
  /** Records that the group has not taken yet: from its offset (or the earliest record) to the end. */
  readonly records: number;
}

/** One partition while this process owns it. One reader at a time uses it. */
export interface OwnedPartition {
  readonly topic: string;
  readonly partition: number;
  /** Aborted when the partition is lost to another member or the consumption is being stopped. */
  readonly signal: AbortSignal;
  /** The group's offset as the log has it now; `undefined` when the group has none. Rejects when the log does not answer. */
  groupOffset(): Promise<number | undefined>;
  /** The earliest offset still held and the offset that the next record will get. Rejects when the log does not answer. */
  bounds(): Promise<{ readonly earliest: number; readonly end: number }>;
  /** The next `read` starts at this offset; what was fetched ahead is dropped. The first `read` needs one; later ones may go anywhere, too. */
  seek(offset: number): void;
  /**
   * Waits `linger_ms`, or less once there are `limit` records, then for at least one; hands at most `limit` in offset order.
   * Hands none only when `signal` is aborted. Offsets may jump where retention removed records: never silently
   * repeated, never reordered.
   * @throws Error when nothing was sought, or when the offset sought lies beyond the end of the log
   */
  read(options: { readonly limit: number; readonly linger_ms: number }): Promise<readonly LogRecord[]>;
  /** Stores the group's offset; still works while `own` ends because of a stop. Rejects when it is not known to be stored. */
  commit(offset: number): Promise<void>;
}

/** Something that runs until it is stopped. `stop` resolves when it has ended. */
export interface Running {
  stop(): Promise<void>;
}

export interface Consumption {
  readonly topic: string;
  readonly group: string;
  /**
   * Called for every partition that the group gives to this process, once a claim; it should run until the partition's
   * signal is aborted. A partition that is lost and given again is a new claim, and starts only after the former
   * call has ended. Must not reject: a rejection is a broken invariant and is thrown in the process.
   */
  own(partition: OwnedPartition): Promise<void>;
}

export interface Log {
  /** What a topic or group of this name is called in the log itself: messages tell it, so that an operator's tools find it. */
  nameOf(name: string): string;
  /**
   * Appends records; those with equal keys keep their order within the call. Resolved: every record is durable and
   * replicated as the topic asks, through the loss of a broker too. Concurrent calls may share one write.
   *
   * Within a partition no record of a call becomes durable, now or later, after a record of the same call whose fate is unknown:
   * the log always holds the first records of a call there, without a gap. So where a call is appended again as a whole, in the
   * same order, a reader knows the repetitions by the last record that it has taken.
   * @throws AppendFailed naming the records that may not be durable; UnwritableRecord
   */
  append(topic: string, records: readonly NewRecord[]): Promise<void>;
  /**
   * Joins `group` on `topic`, now or as soon as the log answers, and again whenever it was thrown out. The log never commits
   * an offset by itself, and may hand any record again.
   * @throws WrongSetup where the log belongs to one process at a time, and another one that lives consumes as the group
   */
  consume(consumption: Consumption): Promise<Running>;
  /** Hands every record of every partition that is appended after this call resolved, to every caller. Waits for a log that does not answer. */
  tail(topic: string, handle: (records: readonly LogRecord[]) => void): Promise<Running>;
  /** The lag of `group` on `topic`, one entry a partition, in order. Needs no membership in the group. @throws NoSuchTopic */
  lag(topic: string, group: string): Promise<readonly PartitionLag[]>;
  /** Sets the group's offset in every partition: an operator's tool, while no member of the group runs. */
  rewind(topic: string, group: string, offset: number): Promise<void>;
  /** Creates those topics that are missing; returns their names. Safe to run twice at once. @throws WrongSetup, or another Error, when a topic has another number of partitions. */
  createTopics(topics: readonly TopicDefinition[]): Promise<readonly string[]>;
  /** Resolves when the log answers; rejects with the reason when it does not. */
  check(): Promise<void>;
  /** Ends every consumption and tail, waits for appends under way, closes connections. */
  close(): Promise<void>;
}
