/** The exact fold: a log's topic, shard by shard, into tables. Why it is exact: docs/decisions/0008-exact-fold.md. */
import { backoff_ms } from '#platform/clock/backoff.ts';
import type { Log, LogRecord, OwnedPartition, Running } from '#platform/log/log.ts';
import { claimShard, recordsLost, startOffset } from './claim.ts';
import type { FoldContext } from './context.ts';
import type { KeyState } from './definition.ts';
import { FlushTime } from './flush-time.ts';
import { FoldAlarm } from './outcome.ts';
import { ShardOwner } from './owner.ts';

/** How much of the linger a flush may start early because flushes take time themselves: slow tables get no more of them than that. */
const HEAD_START_MAX = 0.25;

/** Joins the fold's group and folds every shard that the group gives to this process, until stopped. */
export function runFold<Event, State extends KeyState, Pin>(
  log: Pick<Log, 'consume'>,
  context: FoldContext<Event, State, Pin>,
): Promise<Running> {
  const { topic, group } = context.definition;
  return log.consume({ topic, group, own: (partition) => ownShard(context, partition) });
}

/** Owns one shard for as long as the group leaves it to this process. Never rejects. */
export async function ownShard<Event, State extends KeyState, Pin>(
  context: FoldContext<Event, State, Pin>,
  partition: OwnedPartition,
): Promise<void> {
  const { clock, limits, observer } = context;
  const shard = partition.partition;
  let failures = 0;
  while (!partition.signal.aborted) {
    try {
      await claimAndFold(context, partition, () => {
        failures = 0;
      });
    } catch (error) {
      if (error instanceof FoldAlarm) {
        observer.alarmed(shard, error);
        await untilAborted(partition.signal);
        break;
      }
      observer.abandoned(shard, error);
      await clock.sleep(backoff_ms(limits, failures++), partition.signal);
    }
  }
  observer.released(shard);
}

/** One claim, from its compare-and-set to its end. All memory is the claim's own. */
async function claimAndFold<Event, State extends KeyState, Pin>(
  context: FoldContext<Event, State, Pin>,
  partition: OwnedPartition,
  progressed: () => void,
): Promise<void> {
  const { clock, limits, observer, room } = context;
  const claim = await claimShard(context, partition.partition);
  observer.claimed(partition.partition, claim.epoch, claim.nextOffset);
  const owner = new ShardOwner(context, partition.partition, claim, partition.signal);
  await owner.start();
  let position = await startOffset(context, partition, claim);
  partition.seek(position);
  /** The earliest start of the next flush, unless it is full before: what waited that long already waits no longer. */
  let due_ms = clock.monotonic_ms();
  const flushTime = new FlushTime();
  while (!partition.signal.aborted) {
    const records = await partition.read({ limit: limits.flushRecords, linger_ms: Math.max(0, due_ms - clock.monotonic_ms()) });
    const started_ms = clock.monotonic_ms();
    due_ms = started_ms + limits.linger_ms - Math.min(flushTime.slow_ms, limits.linger_ms * HEAD_START_MAX);
    const last = records.at(-1);
    if (!last) continue;
    const missing = firstMissing(records, position);
    if (missing !== undefined) await mustNotBeLost(partition, missing);
    using place = await room.enter(records.length, partition.signal);
    if (!place) break;
    const entered_ms = clock.monotonic_ms();
    await owner.fold(records, (offset) => partition.commit(offset));
    position = last.offset + 1;
    flushTime.note(clock.monotonic_ms() - entered_ms);
    progressed();
  }
}

/** The first offset from `position` on that the records jump over. */
function firstMissing(records: readonly LogRecord[], position: number): number | undefined {
  const index = records.findIndex(({ offset }, nth) => offset !== position + nth);
  return index === -1 ? undefined : position + index;
}

/** Offsets may jump over a transaction's markers; where retention removed the records between, they are lost. */
async function mustNotBeLost(partition: OwnedPartition, position: number): Promise<void> {
  const { earliest } = await partition.bounds();
  if (earliest > position) throw recordsLost(`${partition.topic}/${partition.partition}`, position, earliest);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
