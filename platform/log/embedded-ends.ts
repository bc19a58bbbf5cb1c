/** Where each partition ends, as far as this process has heard; wakes those who wait for records. */
import type { LogReads, Topic } from './embedded-reads.ts';

interface Waiter {
  readonly offset: number;
  readonly wake: () => void;
}

/** The ends of one topic. */
export class TopicEnds {
  readonly topic: Topic;
  readonly #ends: number[];
  readonly #waiters: readonly Set<Waiter>[];

  /** @param ends the end offset of each partition */
  constructor(topic: Topic, ends: readonly number[]) {
    this.topic = topic;
    this.#ends = [...ends];
    this.#waiters = ends.map(() => new Set<Waiter>());
  }

  /** Hears that a partition ends at `end`, or beyond it. */
  advance(partition: number, end: number): void {
    if (end <= (this.#ends[partition] as number)) return;
    this.#ends[partition] = end;
    for (const waiter of this.#waiters[partition] as Set<Waiter>) if (waiter.offset <= end) waiter.wake();
  }

  /** Resolves when the partition ends at `offset` or beyond it, or when `signal` is aborted. */
  async reached(partition: number, offset: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || (this.#ends[partition] as number) >= offset) return;
    const waiters = this.#waiters[partition] as Set<Waiter>;
    await new Promise<void>((resolve) => {
      const waiter = {
        offset,
        wake: () => {
          waiters.delete(waiter);
          signal.removeEventListener('abort', waiter.wake);
          resolve();
        },
      };
      waiters.add(waiter);
      signal.addEventListener('abort', waiter.wake, { once: true });
    });
  }
}

/** The ends of every topic that somebody in this process reads. */
export class LogEnds {
  readonly #reads: LogReads;
  readonly #topics = new Map<Topic, TopicEnds>();
  #version: number;

  constructor(reads: LogReads) {
    this.#reads = reads;
    this.#version = reads.version();
  }

  of(topic: Topic): TopicEnds {
    const known = this.#topics.get(topic) ?? new TopicEnds(topic, this.#endsOf(topic));
    this.#topics.set(topic, known);
    return known;
  }

  advance(topic: Topic, partition: number, end: number): void {
    this.#topics.get(topic)?.advance(partition, end);
  }

  /** Looks for what other processes have appended since the last look. */
  refresh(): void {
    const version = this.#reads.version();
    if (version === this.#version) return;
    this.#version = version;
    for (const [topic, ends] of this.#topics) {
      for (const [partition, end] of this.#endsOf(topic).entries()) ends.advance(partition, end);
    }
  }

  #endsOf(topic: Topic): number[] {
    return Array.from({ length: topic.partitions }, (_, partition) => this.#reads.bounds(topic, partition).end);
  }
}
