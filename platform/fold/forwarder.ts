/**
 * The forwarder of a delay: reads one partition of the delay's topic in order, waits until its first record is due, appends a copy
 * to the fold's own topic, and then stores the group's offset. A record that it appends twice is recognized there by its cause,
 * which is the one under which the fold emitted it.
 */
import { backoff_ms } from '#platform/clock/backoff.ts';
import type { Clock } from '#platform/clock/clock.ts';
import { untilAborted } from '#platform/clock/until-aborted.ts';
import { AppendFailed, type Log, type LogRecord, type NewRecord, type OwnedPartition } from '#platform/log/log.ts';
import { originOf, type Timer } from './cause.ts';
import { deadLetter } from './dead-letter.ts';
import type { FoldLimits } from './limits.ts';
import { mustFollow, recordsLost } from './lost-records.ts';
import { type DelayObserver, FoldAlarm } from './outcome.ts';

/** Records read ahead, and appended together when they are due at the same time. */
const RECORDS_MAX = 500;
/** The longest sleep: the wall clock, by which records are due, may be set meanwhile. */
const SLEEP_MS_MAX = 1_000;

export interface ForwarderContext {
  /** The delay's topic. */
  readonly topic: string;
  /** The fold's own topic. */
  readonly target: string;
  readonly rejectedTopic: string;
  readonly log: Pick<Log, 'append'>;
  readonly clock: Clock;
  readonly limits: FoldLimits;
  readonly observer: DelayObserver;
}

/** A record of the delay's topic; without a timer where no fold has put it there. */
interface Read {
  readonly record: LogRecord;
  readonly timer: Timer | undefined;
}

/** Forwards one partition for as long as the group leaves it to this process. Never rejects. */
export async function forwardPartition(context: ForwarderContext, partition: OwnedPartition): Promise<void> {
  const { clock, limits, observer } = context;
  let failures = 0;
  while (!partition.signal.aborted) {
    try {
      await forward(context, partition, () => {
        failures = 0;
      });
    } catch (error) {
      if (partition.signal.aborted) break;
      if (error instanceof FoldAlarm) {
        observer.alarmed(partition.partition, error);
        await untilAborted(partition.signal);
        break;
      }
      observer.failed(partition.partition, error);
      await clock.sleep(backoff_ms(limits, failures++), partition.signal);
    }
  }
  observer.released(partition.partition);
}

async function forward(context: ForwarderContext, partition: OwnedPartition, progressed: () => void): Promise<void> {
  const { observer } = context;
  let position = await firstPosition(partition);
  partition.seek(position);
  observer.started(partition.partition);
  observer.overdue(partition.partition, 0);
  while (!partition.signal.aborted) {
    const records = await partition.read({ limit: RECORDS_MAX, linger_ms: 0 });
    await mustFollow(partition, records, position);
    for (let open: readonly Read[] = records.map(readRecord); open.length > 0; ) {
      const done = (await forwardDue(context, partition, open)) || (await rejectForeign(context, partition, open));
      if (done === 0) return; // Taken away while the first of them was waited for.
      position = (open[done - 1] as Read).record.offset + 1;
      await partition.commit(position);
      open = open.slice(done);
      progressed();
    }
  }
}

/** @throws FoldAlarm where retention removed records that were never forwarded */
async function firstPosition(partition: OwnedPartition): Promise<number> {
  const position = (await partition.groupOffset()) ?? 0;
  const { earliest } = await partition.bounds();
  if (earliest > position) throw recordsLost(`${partition.topic}/${partition.partition}`, position, earliest);
  return position;
}

/** Waits until the first record is due, then forwards all that are, up to one from elsewhere. Returns how many: 0 when the first is from elsewhere, or when the partition was taken away. */
async function forwardDue(context: ForwarderContext, partition: OwnedPartition, open: readonly Read[]): Promise<number> {
  const { clock, observer } = context;
  const due_ms = open[0]?.timer?.due_ms;
  if (due_ms === undefined) return 0;
  for (;;) {
    const wait_ms = due_ms - clock.now_ms();
    observer.overdue(partition.partition, Math.max(0, -wait_ms));
    if (wait_ms <= 0) break;
    await clock.sleep(Math.min(wait_ms, SLEEP_MS_MAX), partition.signal);
    if (partition.signal.aborted) return 0;
  }
  const now_ms = clock.now_ms();
  const copies: NewRecord[] = [];
  for (const { record, timer } of open) {
    if (timer === undefined || timer.due_ms > now_ms) break;
    copies.push({ key: String(record.key), value: record.value ?? '', timestamp_ms: now_ms, headers: record.headers });
  }
  await append(context, partition, context.target, copies);
  const done_ms = clock.now_ms();
  observer.forwarded(copies.length, done_ms - due_ms);
  const next_ms = open[copies.length]?.timer?.due_ms ?? done_ms;
  observer.overdue(partition.partition, Math.max(0, done_ms - next_ms));
  return copies.length;
}

/** Returns how many of the first records were put there by no fold. */
async function rejectForeign(context: ForwarderContext, partition: OwnedPartition, open: readonly Read[]): Promise<number> {
  const end = open.findIndex(({ timer }) => timer !== undefined);
  const foreign = end === -1 ? open : open.slice(0, end);
  const reason = 'no fold has put it off';
  const letters = foreign.map(({ record }) => deadLetter(context.topic, { record, reason }, context.clock.now_ms()));
  if (letters.length === 0) return 0;
  await append(context, partition, context.rejectedTopic, letters);
  context.observer.rejected(partition.partition, foreign.length);
  return foreign.length;
}

/** Appends until all is durable. What is not known to be is sent again: in each partition it is the end, so that the order stays. */
async function append(context: ForwarderContext, { signal }: OwnedPartition, topic: string, records: readonly NewRecord[]): Promise<void> {
  const { clock, limits, log } = context;
  let open = records;
  for (let attempt = 0; ; attempt++) {
    try {
      return await log.append(topic, open);
    } catch (error) {
      if (error instanceof AppendFailed) open = open.filter((_, index) => error.indexes.has(index));
      if (signal.aborted || attempt + 1 >= limits.attempts) throw error;
      await clock.sleep(backoff_ms(limits, attempt), signal);
    }
  }
}

function readRecord(record: LogRecord): Read {
  try {
    return { record, timer: record.key === null ? undefined : originOf(record)?.timer };
  } catch {
    return { record, timer: undefined };
  }
}
