/** The log on SQLite, in a data directory: everything in one process or a few on one machine, with nothing to install. */
import type { Clock } from '#platform/clock/clock.ts';
import { checkIntegers } from '#platform/sqlite/integers.ts';
import { openStore, type Store } from '#platform/sqlite/store.ts';
import { AppendJob, bytesOf } from './embedded-append.ts';
import { LogEnds } from './embedded-ends.ts';
import { EmbeddedGroups } from './embedded-groups.ts';
import { LogReads, type Topic } from './embedded-reads.ts';
import { type LogReply, type LogWrite, SMALL_WRITE_BYTES } from './embedded-schema.ts';
import { followTopic } from './embedded-tail.ts';
import {
  AppendFailed,
  type Consumption,
  type Log,
  type LogRecord,
  type NewRecord,
  NoSuchTopic,
  type PartitionLag,
  partitionsProblem,
  type Running,
  type TopicDefinition,
  WrongSetup,
} from './log.ts';
import { checkSizes } from './record-size.ts';

/** How often this process looks for what others have appended, in milliseconds. Its own appends wake its readers at once. */
const LOOK_MS = 200;
/** How often records that need not be kept are removed, in milliseconds. */
const CLEAN_UP_MS = 60_000;
/** Memory for the pages that are read, in KiB: readers are mostly at the end, where the operating system has them too. */
const CACHE_KIB = 8 * 1024;

export interface EmbeddedLogOptions {
  /** The data directory; created when it is missing. The tables may live in it too. */
  readonly directory: string;
  readonly clock: Clock;
}

/**
 * Opens the log of a data directory. Several processes may; one of them at a time consumes as a given group.
 * @throws Error when the directory or the database cannot be used
 */
export async function openEmbeddedLog({ directory, clock }: EmbeddedLogOptions): Promise<Log> {
  const thread = new URL('./embedded-writer.ts', import.meta.url);
  return new EmbeddedLog(directory, clock, await openStore({ directory, file: 'log.db', thread, cache_kib: CACHE_KIB }));
}

interface Gathering {
  readonly job: AppendJob;
  readonly appended: Promise<void>;
}

class EmbeddedLog implements Log {
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #store: Store<LogWrite, LogReply>;
  readonly #reads: LogReads;
  readonly #ends: LogEnds;
  readonly #groups: EmbeddedGroups;
  readonly #running = new Set<Running>();
  readonly #closing = new AbortController();
  readonly #background: readonly Promise<void>[];
  #gathering: Gathering | undefined;
  #closed: Promise<void> | undefined;

  constructor(directory: string, clock: Clock, store: Store<LogWrite, LogReply>) {
    this.#directory = directory;
    this.#clock = clock;
    this.#store = store;
    this.#reads = new LogReads(store.reader);
    this.#ends = new LogEnds(this.#reads);
    this.#groups = new EmbeddedGroups(directory, store.writer, (topic, group) => ({
      reads: this.#reads,
      ends: this.#ends.of(topic),
      clock,
      group,
      commit: (partition, offset) => this.#commit(topic, group, partition, offset),
    }));
    this.#background = [this.#every(LOOK_MS, () => this.#ends.refresh()), this.#every(CLEAN_UP_MS, () => this.#cleanUp())];
  }

  nameOf(name: string): string {
    return name;
  }

  async append(topic: string, records: readonly NewRecord[]): Promise<void> {
    if (records.length === 0) return;
    checkSizes(records);
    try {
      const known = this.#topicOf(topic);
      checkIntegers(
        "a record's time",
        records.map(({ timestamp_ms }) => timestamp_ms),
      );
      const bytes = bytesOf(records);
      const room = this.#store.writer.reserve(bytes);
      if (room) await room;
      const gathering = this.#gather();
      gathering.job.add(known, records, bytes);
      await gathering.appended;
    } catch (error) {
      throw new AppendFailed(new Set(records.keys()), error);
    }
  }

  async consume({ topic, group, own }: Consumption): Promise<Running> {
    const known = this.#topicOf(topic);
    const leave = await this.#groups.join(known, group, { own });
    return this.#started(leave);
  }

  async tail(topic: string, handle: (records: readonly LogRecord[]) => void): Promise<Running> {
    const known = this.#topicOf(topic);
    return this.#started(followTopic({ reads: this.#reads, ends: this.#ends.of(known), clock: this.#clock, handle }));
  }

  async lag(topic: string, group: string): Promise<readonly PartitionLag[]> {
    return this.#reads.lag(this.#topicOf(topic), group);
  }

  async rewind(topic: string, group: string, offset: number): Promise<void> {
    checkIntegers('an offset', [offset]);
    const { topicId } = this.#topicOf(topic);
    const reply = await this.#send({ kind: 'rewind', group: { topicId, group }, offset });
    if (reply.kind === 'owned')
      throw new Error(`process ${reply.pid} consumes ${topic} as group ${group} in ${this.#directory}: stop it first`);
  }

  async createTopics(topics: readonly TopicDefinition[]): Promise<readonly string[]> {
    const created: string[] = [];
    for (const topic of topics) {
      const { name, partitions, cleanup, retention_ms } = topic;
      checkIntegers(`topic ${name}`, [partitions, retention_ms]);
      const reply = await this.#send({ kind: 'create-topic', name, partitions, cleanup, retention_ms });
      if (reply.kind !== 'topic') throw new Error(`the writer answered ${reply.kind} to a topic`);
      if (reply.partitions !== partitions)
        throw new WrongSetup(
          `${partitionsProblem(topic, reply.partitions)}, in ${this.#directory}; that is for life: set it back, or choose another data directory (KAISEKI_DATA_DIR)`,
        );
      if (reply.created) created.push(name);
    }
    return created;
  }

  async check(): Promise<void> {
    await this.#store.writer.check();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#running].map((running) => running.stop()));
    await Promise.all(this.#background);
    await this.#store.close();
    this.#groups.close();
  }

  #topicOf(name: string): Topic {
    if (!this.#store.reader.isOpen) throw new Error(`the log in ${this.#directory} is closed`);
    const topic = this.#reads.topic(name);
    if (topic === undefined) throw new NoSuchTopic(name);
    return topic;
  }

  #send(write: LogWrite): Promise<LogReply> {
    return this.#store.writer.send(write, SMALL_WRITE_BYTES);
  }

  async #commit({ topicId }: Topic, group: string, partition: number, offset: number): Promise<void> {
    checkIntegers('an offset', [offset]);
    await this.#send({ kind: 'commit', group: { topicId, group }, partition, offset });
  }

  /** The write that appends join until its turn comes. */
  #gather(): Gathering {
    if (this.#gathering && !this.#gathering.job.isFull) return this.#gathering;
    const job = new AppendJob(
      () => this.#clock.now_ms(),
      () => {
        if (this.#gathering?.job === job) this.#gathering = undefined;
      },
    );
    const appended = this.#store.writer.run(job).then((reply) => {
      if (reply.kind !== 'appended') throw new Error(`the writer answered ${reply.kind} to an append`);
      for (const [index, end] of reply.endOffsets.entries()) {
        const { topic, partition } = job.sealed[index]!;
        this.#ends.advance(topic, partition, end);
      }
    });
    this.#gathering = { job, appended };
    return this.#gathering;
  }

  /** Registers what runs, so that closing ends it. */
  async #started(stop: () => Promise<void>): Promise<Running> {
    let stopped: Promise<void> | undefined;
    const running: Running = {
      stop: () => {
        this.#running.delete(running);
        stopped ??= stop();
        return stopped;
      },
    };
    this.#running.add(running);
    if (this.#closing.signal.aborted) {
      await running.stop();
      throw new Error(`the log in ${this.#directory} is closed`);
    }
    return running;
  }

  /** Works every `interval_ms`. What fails is tried again the next time: whoever needs it hears of the trouble in its own call. */
  async #every(interval_ms: number, work: () => Promise<void> | void): Promise<void> {
    const { signal } = this.#closing;
    for (;;) {
      await this.#clock.sleep(interval_ms, signal);
      if (signal.aborted) return;
      try {
        await work();
      } catch {}
    }
  }

  async #cleanUp(): Promise<void> {
    for (let more = true; more && !this.#closing.signal.aborted; ) {
      const reply = await this.#send({ kind: 'clean-up', now_ms: this.#clock.now_ms() });
      more = reply.kind === 'cleaned' && reply.more;
    }
  }
}
