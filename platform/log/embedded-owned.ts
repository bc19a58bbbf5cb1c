/** One claim of one partition: what its owner is handed. */
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Clock } from '#platform/clock/clock.ts';
import type { TopicEnds } from './embedded-ends.ts';
import type { LogReads } from './embedded-reads.ts';
import type { LogRecord, OwnedPartition } from './log.ts';

/** What a claim needs of the log. */
export interface ClaimContext {
  readonly reads: LogReads;
  readonly ends: TopicEnds;
  readonly clock: Clock;
  readonly group: string;
  commit(partition: number, offset: number): Promise<void>;
}

export class EmbeddedPartition implements OwnedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly signal: AbortSignal;
  readonly #context: ClaimContext;
  #position: number | undefined;
  #ended = false;

  constructor(context: ClaimContext, partition: number, signal: AbortSignal) {
    this.#context = context;
    this.topic = context.ends.topic.name;
    this.partition = partition;
    this.signal = signal;
  }

  /** The owner's call has returned: whatever it still does is too late. */
  end(): void {
    this.#ended = true;
  }

  async groupOffset(): Promise<number | undefined> {
    const { reads, ends, group } = this.#context;
    return reads.groupOffset(ends.topic, group, this.partition);
  }

  async bounds(): Promise<{ readonly earliest: number; readonly end: number }> {
    return this.#context.reads.bounds(this.#context.ends.topic, this.partition);
  }

  seek(offset: number): void {
    this.#position = offset;
  }

  async read({ limit, linger_ms }: { readonly limit: number; readonly linger_ms: number }): Promise<readonly LogRecord[]> {
    if (this.#position === undefined) throw new Error(`seek in ${this.topic}/${this.partition} before the first read`);
    const { end } = await this.bounds();
    if (this.#position > end) {
      throw new RangeError(`${this.topic}/${this.partition} ends at offset ${end}; ${this.#position} is beyond it`);
    }
    while (!this.signal.aborted) {
      await this.#arrived(this.#position, limit, linger_ms);
      // A reader that is far behind waits for nothing: it lets the rest of the process take its turn.
      await othersTurn();
      if (this.signal.aborted) break;
      const records = this.#context.reads.records(this.#context.ends.topic, this.partition, this.#position, limit);
      const last = records.at(-1);
      // Where retention has removed all that arrived, the next record is waited for.
      const { earliest } = await this.bounds();
      this.#position = last ? last.offset + 1 : Math.max(this.#position, earliest);
      if (records.length > 0) return records;
    }
    return [];
  }

  async commit(offset: number): Promise<void> {
    if (this.#ended) throw new Error(`${this.topic}/${this.partition} is no longer this owner's: its claim has ended`);
    await this.#context.commit(this.partition, offset);
  }

  /** Waits up to `linger_ms` for `limit` records from `position` on, then for one. */
  async #arrived(position: number, limit: number, linger_ms: number): Promise<void> {
    const { ends, clock } = this.#context;
    if (linger_ms > 0 && !this.signal.aborted) {
      const over = new AbortController();
      const end = () => over.abort();
      this.signal.addEventListener('abort', end, { once: true });
      await Promise.race([ends.reached(this.partition, position + limit, over.signal), clock.sleep(linger_ms, over.signal)]);
      end();
      this.signal.removeEventListener('abort', end);
    }
    await ends.reached(this.partition, position + 1, this.signal);
  }
}
