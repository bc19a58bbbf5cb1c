/** What the parts of the log contract share: fresh topics, and owners that do as a test says. */
import { randomUUID } from 'node:crypto';
import { systemClock } from '#platform/clock/clock.ts';
import type { Log, LogRecord, NewRecord, OwnedPartition, Running } from '../log.ts';

/** The log under test, as it is open now. */
export type OpenLog = () => Log;

const UNTIL_LIMIT_MS = 50_000;

/** Waits until `holds` answers true; fails with `what` when it does not within a time that no sane adapter needs. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, limit_ms = UNTIL_LIMIT_MS): Promise<void> {
  const start_ms = systemClock.monotonic_ms();
  while (!(await holds())) {
    if (systemClock.monotonic_ms() - start_ms > limit_ms) throw new Error(`never came true: ${what}`);
    await systemClock.sleep(10);
  }
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Creates an empty topic with a name of its own. */
export async function freshTopic(log: Log, partitions = 1): Promise<string> {
  const name = `contract-${randomUUID()}`;
  await log.createTopics([{ name, partitions, cleanup: 'delete', retention_ms: -1, purpose: 'a contract test' }]);
  return name;
}

/** A group that nobody has used. */
export function freshGroup(): string {
  return `contract-${randomUUID()}`;
}

/** A record with a time that no clock has to give. */
export function orderOf(key: string, value: string | Uint8Array): NewRecord {
  return { key, value, timestamp_ms: 1_748_606_400_123 };
}

/** Appends one record per value, all with one key, in order. */
export async function appendValues(log: Log, topic: string, values: readonly string[]): Promise<void> {
  await log.append(
    topic,
    values.map((value) => orderOf('key', value)),
  );
}

/** The values of records as text. */
export function valuesOf(records: readonly LogRecord[]): string[] {
  return records.map((record) => String(record.value));
}

/** The numbers from `first` up to, and without, `end`, as text. */
export function numbers(first: number, end: number): string[] {
  return Array.from({ length: end - first }, (_, index) => String(first + index));
}

/**
 * Joins the group, runs `use` with the first partition that is given, and leaves. The way to test one claim of a topic
 * with one partition; what `use` throws fails the test.
 */
export async function whileOwning<T>(log: Log, topic: string, group: string, use: (owned: OwnedPartition) => Promise<T>): Promise<T> {
  const result = Promise.withResolvers<T>();
  const running = await log.consume({
    topic,
    group,
    own: async (owned) => {
      await use(owned).then(result.resolve, result.reject);
      await aborted(owned.signal);
    },
  });
  try {
    return await result.promise;
  } finally {
    await running.stop();
  }
}

/** Reads until `count` records are there. Several reads may be needed, because a read hands what it has. */
export async function readCount(owned: OwnedPartition, count: number): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  while (records.length < count) {
    const more = await owned.read({ limit: count - records.length, linger_ms: 0 });
    if (more.length === 0) throw new Error(`lost the partition after ${records.length} of ${count} records`);
    records.push(...more);
  }
  return records;
}

/** Every record of a topic with `partitions` partitions, by partition, read by a group of its own. */
export async function readAll(log: Log, topic: string, count: number): Promise<LogRecord[]> {
  const member = await joinAsMember(log, topic, freshGroup());
  try {
    await until(`${count} records of ${topic} (${member.records.length})`, () => member.records.length >= count);
  } finally {
    await member.stop();
  }
  return member.records;
}

/** A member of a group that keeps and commits everything that it is handed. */
export interface Member extends Running {
  readonly records: LogRecord[];
  /** The partitions that are this member's now. */
  readonly owned: ReadonlySet<number>;
  /** What went against the port's promises while it ran. */
  readonly broken: readonly string[];
}

/** Starts a member that begins at the group's offset (or the earliest record), reads, keeps and commits until it is stopped. */
export async function joinAsMember(log: Log, topic: string, group: string): Promise<Member> {
  const records: LogRecord[] = [];
  const owned = new Set<number>();
  const broken: string[] = [];
  const running = await log.consume({
    topic,
    group,
    own: async (partition) => {
      if (owned.has(partition.partition)) broken.push(`partition ${partition.partition} was given while its former claim still ran`);
      owned.add(partition.partition);
      const start = await startOf(partition);
      if (start !== undefined) partition.seek(start);
      let position = start ?? 0;
      while (!partition.signal.aborted) {
        const read = await partition.read({ limit: 100, linger_ms: 0 });
        for (const record of read) {
          if (record.offset !== position) broken.push(`offset ${record.offset} of ${record.partition} where ${position} was next`);
          if (record.partition !== partition.partition) broken.push(`a record of partition ${record.partition} in ${partition.partition}`);
          position = record.offset + 1;
        }
        records.push(...read);
        // A commit is refused when the partition has just been lost: the next owner reads the records again.
        if (read.length > 0) await partition.commit(position).catch(() => undefined);
      }
      owned.delete(partition.partition);
    },
  });
  return { records, owned, broken, stop: () => running.stop() };
}

/** Where an owner without a memory of its own starts, as soon as the log says so; undefined once the partition is lost. */
async function startOf(partition: OwnedPartition): Promise<number | undefined> {
  while (!partition.signal.aborted) {
    try {
      return (await partition.groupOffset()) ?? (await partition.bounds()).earliest;
    } catch {
      await systemClock.sleep(200, partition.signal);
    }
  }
  return undefined;
}
