/** One claim of one partition: what was fetched ahead, where the fetching stands, and what its owner may still do. */
import type { Clock } from '#platform/clock/clock.ts';
import type { Bounds } from './kafka-admin.ts';
import { type KafkaLogger, messageOf } from './kafka-client.ts';
import { type LogRecord, NO_HEADERS, type OwnedPartition } from './log.ts';

/** What a claim needs of the consumer that it belongs to. Nothing here throws synchronously, also when the consumer is gone. */
export interface ClaimSource {
  readonly clock: Clock;
  readonly logger: KafkaLogger;
  groupOffset(partition: number): Promise<number | undefined>;
  bounds(partition: number): Promise<Bounds>;
  /** The next fetch of the partition starts at this offset. */
  seek(partition: number, offset: number): void;
  pause(partition: number): void;
  resume(partition: number): void;
  /** Rejects when the offset is not known to be stored. */
  commit(partition: number, offset: number): Promise<void>;
}

/** Records that one fetch has brought. */
export interface Fetched {
  /** The offset that the fetch asked for. */
  readonly from: number;
  /** The offset that the next fetch asks for. */
  readonly next: number;
  readonly records: readonly LogRecord[];
  readonly bytes: number;
}

/** Fetching pauses when this much waits for the owner, and goes on below half of it. One fetch may come on top. */
const AHEAD_RECORDS_MAX = 10_000;
const AHEAD_BYTES_MAX = 2 * 1024 * 1024;
const BOUNDS_RETRY_MS = 1_000;

export class Claim implements OwnedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly #source: ClaimSource;
  readonly #abort = new AbortController();
  #isLost = false;
  /** Where the owner wants to read from, until the fetching is told. */
  #sought: number | undefined;
  /** The offset that the next fetch has to ask for; undefined while nothing may be delivered. */
  #next: number | undefined;
  #ahead: LogRecord[] = [];
  #aheadBytes = 0;
  #isPaused = true;
  /** The start of a fetch that was refused, in case that it comes again. */
  #refused: number | undefined;
  #failure: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(topic: string, partition: number, source: ClaimSource) {
    this.topic = topic;
    this.partition = partition;
    this.#source = source;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Tells the owner to end; it may still commit. */
  abort(): void {
    this.#abort.abort();
    this.#wake();
  }

  /** The partition may be another member's now: nothing is committed any more. */
  lose(): void {
    this.#isLost = true;
    this.abort();
  }

  async groupOffset(): Promise<number | undefined> {
    return this.#source.groupOffset(this.partition);
  }

  async bounds(): Promise<Bounds> {
    return this.#source.bounds(this.partition);
  }

  seek(offset: number): void {
    if (!Number.isSafeInteger(offset) || offset < 0) throw new Error(`${offset} is no offset`);
    // The consumer may be about to fetch this partition for a later claim.
    if (this.signal.aborted) return;
    this.#pause();
    this.#sought = offset;
    this.#next = undefined;
    this.#ahead = [];
    this.#aheadBytes = 0;
    this.#refused = undefined;
    this.#failure = undefined;
  }

  async read({ limit, linger_ms }: { readonly limit: number; readonly linger_ms: number }): Promise<readonly LogRecord[]> {
    if (this.#sought !== undefined) await this.#startFetching(this.#sought);
    if (this.#next === undefined && !this.signal.aborted) throw new Error('seek before the first read');
    if (this.#ahead.length < limit && linger_ms > 0) {
      const done = new AbortController();
      let isOver = false;
      const over = this.#source.clock.sleep(linger_ms, done.signal).then(() => {
        isOver = true;
        this.#wake();
      });
      await this.#until(() => this.#ahead.length >= limit || this.#isPaused || isOver);
      done.abort();
      await over;
    }
    await this.#until(() => this.#ahead.length > 0);
    if (this.signal.aborted) return [];
    if (this.#failure !== undefined) throw this.#failure;
    return this.#take(limit);
  }

  async commit(offset: number): Promise<void> {
    if (this.#isLost) throw new Error(`partition ${this.partition} of ${this.topic} is lost`);
    await this.#source.commit(this.partition, offset);
  }

  /** Takes what a fetch has brought, or refuses it when it is not what comes next. Says whether it was taken. */
  deliver(fetched: Fetched): boolean {
    if (this.signal.aborted || this.#next === undefined) return false;
    if (fetched.from !== this.#next && !this.#acceptsJump(fetched.from, this.#next)) return false;
    this.#refused = undefined;
    this.#next = fetched.next;
    for (const record of fetched.records) this.#ahead.push(record);
    this.#aheadBytes += fetched.bytes;
    if (this.#ahead.length >= AHEAD_RECORDS_MAX || this.#aheadBytes >= AHEAD_BYTES_MAX) this.#pause();
    this.#wake();
    return true;
  }

  /**
   * A fetch that started elsewhere is of an earlier position or generation, still under way when the position changed:
   * refused, and the fetching is told again where to go on. When the very same comes again, Kafka itself has moved on:
   * retention or compaction took what lay between; or, if it moved back, the log ends before the position.
   */
  #acceptsJump(from: number, next: number): boolean {
    if (this.#refused === from) {
      if (from > next) return true;
      this.#failure = new Error(
        `offset ${next} lies beyond the end of partition ${this.partition} of ${this.topic}: the log has lost records`,
      );
      this.#wake();
      return false;
    }
    this.#refused = from;
    this.#source.seek(this.partition, next);
    return false;
  }

  /** Checks the offset against the log before fetching from it: kafkajs would answer one that is not there by starting elsewhere. */
  async #startFetching(offset: number): Promise<void> {
    const bounds = await this.#knownBounds();
    if (bounds === undefined || this.signal.aborted) return;
    const { earliest, end } = bounds;
    if (offset > end) throw new Error(`offset ${offset} lies beyond the end ${end} of partition ${this.partition} of ${this.topic}`);
    this.#sought = undefined;
    this.#next = Math.max(offset, earliest);
    this.#source.seek(this.partition, this.#next);
    this.#resume();
  }

  /** The bounds, however long Kafka takes to answer; undefined once the claim is aborted. */
  async #knownBounds(): Promise<Bounds | undefined> {
    while (!this.signal.aborted) {
      try {
        return await this.bounds();
      } catch (error) {
        this.#source.logger.warn({ topic: this.topic, partition: this.partition, error: messageOf(error) }, 'asking for bounds again');
        await this.#source.clock.sleep(BOUNDS_RETRY_MS, this.signal);
      }
    }
    return undefined;
  }

  /** Waits until the condition holds, the fetching failed, or the claim is aborted. One reader at a time waits. */
  async #until(holds: () => boolean): Promise<void> {
    while (!holds() && !this.signal.aborted && this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #take(limit: number): LogRecord[] {
    const records = this.#ahead.splice(0, limit);
    for (const record of records) this.#aheadBytes -= bytesOf(record);
    if (this.#isPaused && this.#ahead.length < AHEAD_RECORDS_MAX / 2 && this.#aheadBytes < AHEAD_BYTES_MAX / 2) this.#resume();
    return records;
  }

  #pause(): void {
    this.#isPaused = true;
    this.#source.pause(this.partition);
  }

  #resume(): void {
    this.#isPaused = false;
    this.#source.resume(this.partition);
  }
}

/** What a record takes of the memory for records fetched ahead. */
export function bytesOf(record: LogRecord): number {
  let bytes = (record.key?.length ?? 0) + (record.value?.length ?? 0);
  if (record.headers === NO_HEADERS) return bytes;
  for (const [name, value] of Object.entries(record.headers)) bytes += name.length + value.length;
  return bytes;
}
