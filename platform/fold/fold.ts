/** The exact fold: a log's topic, shard by shard, into tables. Why it is exact: docs/decisions/0008-exact-fold.md. */
import { backoff_ms } from '#platform/clock/backoff.ts';
import { untilAborted } from '#platform/clock/until-aborted.ts';
import type { Consumption, Log, OwnedPartition, Running } from '#platform/log/log.ts';
import { type Claim, claimShard, startOffset } from './claim.ts';
import type { FoldContext } from './context.ts';
import { EDGES } from './edges.ts';
import { FlushTime } from './flush-time.ts';
import { forwardPartition } from './forwarder.ts';
import { groupsOf } from './groups.ts';
import { mustFollow } from './lost-records.ts';
import { FoldAlarm } from './outcome.ts';
import { ShardOwner } from './owner.ts';

/** How much of the linger a flush may start early because flushes take time themselves: slow tables get no more of them than that. */
const HEAD_START_MAX = 0.25;

/**
 * Joins the fold's group and folds every shard that the group gives to this process, and forwards what its delays give back, until
 * stopped.
 */
export async function runFold<Event, State, Pin>(log: Pick<Log, 'consume'>, context: FoldContext<Event, State, Pin>): Promise<Running> {
  const { definition, observer } = context;
  const consumptions = groupsOf(definition).map(({ topic, group, delay }): Consumption => {
    if (delay === undefined) return { topic, group, own: (partition) => ownShard(context, partition) };
    const { topic: target, rejectedTopic } = definition;
    const forwarder = { ...context, topic, target, rejectedTopic, observer: observer.delay(delay) };
    return { topic, group, own: (partition) => forwardPartition(forwarder, partition) };
  });
  const running: Running[] = [];
  const stop = async () => {
    await Promise.all(running.map((one) => one.stop()));
  };
  try {
    for (const consumption of consumptions) running.push(await log.consume(consumption));
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

/** Owns one shard for as long as the group leaves it to this process. Never rejects. */
export async function ownShard<Event, State, Pin>(context: FoldContext<Event, State, Pin>, partition: OwnedPartition): Promise<void> {
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

/** Claims the shard when its turn has come; undefined when it was taken away before. */
async function claimInTurn<Event, State, Pin>(
  context: FoldContext<Event, State, Pin>,
  partition: OwnedPartition,
): Promise<Claim<Pin> | undefined> {
  using turn = await context.budget.claims.enter(1, partition.signal);
  return turn && (await claimShard(context, partition.partition));
}

/** One claim, from its compare-and-set to its end. All memory is the claim's own. */
async function claimAndFold<Event, State, Pin>(
  context: FoldContext<Event, State, Pin>,
  partition: OwnedPartition,
  progressed: () => void,
): Promise<void> {
  const { budget, clock, limits, observer } = context;
  const claim = await claimInTurn(context, partition);
  if (!claim) return;
  using pages = budget.pages.join();
  observer.claimed(partition.partition, claim.epoch, claim.nextOffset, claim.edges.rows(EDGES));
  const owner = new ShardOwner(context, partition.partition, claim, { signal: partition.signal, pages });
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
    await mustFollow(partition, records, position);
    using place = await budget.flushes.enter(records.length, partition.signal);
    if (!place) break;
    const entered_ms = clock.monotonic_ms();
    await owner.fold(records, (offset) => partition.commit(offset));
    position = last.offset + 1;
    flushTime.note(clock.monotonic_ms() - entered_ms);
    progressed();
  }
}
