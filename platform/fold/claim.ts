/** Claiming a shard (decision 8, step 2): what an owner knows when it starts, all of it read after its claim applied. */
import type { OwnedPartition } from '#platform/log/log.ts';
import type { ShardState } from '#platform/tables/tables.ts';
import type { FoldContext } from './context.ts';
import { EDGE_MEASURES, EDGES } from './edges.ts';
import { recordsLost } from './lost-records.ts';
import { Abandoned, FoldAlarm } from './outcome.ts';
import { ALL, ShardTotals } from './totals.ts';

export interface Claim<Pin> {
  readonly epoch: number;
  readonly nextOffset: number;
  readonly pin: Pin;
  readonly totals: ShardTotals;
  /** What the shard has sent and heard (edges.ts). */
  readonly edges: ShardTotals;
}

/**
 * Takes the shard over: epoch + 1 by compare-and-set. Only an applied reply wins; after an unknown one it is read and
 * claimed again by the caller's next attempt.
 * @throws Abandoned when another claim came first; FoldAlarm when the configuration must not touch this shard
 */
export async function claimShard<Event, State, Pin>(context: FoldContext<Event, State, Pin>, shard: number): Promise<Claim<Pin>> {
  const { definition, tables } = context;
  const key = { fold: definition.name, shard };
  const before = await tables.readShard(key, [], 'serial');
  const pinning = definition.pin(before.fingerprint, before.nextOffset);
  if (!pinning.ok) throw new FoldAlarm('configuration', `shard ${shard} refuses this configuration: ${pinning.problem}`);
  if (pinning.fingerprint !== before.fingerprint) await pinFold(context);
  const reply = await tables.claimShard(key, { epoch: before.epoch, nextOffset: before.nextOffset, fingerprint: pinning.fingerprint });
  if (!reply.applied) throw new Abandoned('other_owner', `shard ${shard} was claimed by another owner at epoch ${reply.epoch}`);
  const epoch = before.epoch + 1;
  const state = await tables.readShard(key, [ALL, EDGES], 'serial');
  mustBeMine(state, shard, epoch, state.nextOffset);
  const totals = new ShardTotals(definition.measures, definition.names_max);
  totals.load(
    [ALL],
    state.totals.filter(({ period }) => period === ALL),
  );
  const edges = new ShardTotals(EDGE_MEASURES);
  edges.load(
    [EDGES],
    state.totals.filter(({ period }) => period === EDGES),
  );
  return { epoch, nextOffset: state.nextOffset, pin: pinning.pin, totals, edges };
}

/** Stands in place of a shard's number in the row that all shards of a fold share. */
export const WHOLE_FOLD = -1;
/** How often a claim looks at that row again because others were changing it. */
const PIN_ATTEMPTS = 20;

/**
 * Holds the configuration against what any shard of the fold has pinned, and adds to that what is new: in one row that all shards share,
 * because the first claims of two shards look at nothing else that both of them write.
 * @throws Abandoned when others kept changing it; FoldAlarm when the configuration must not touch this fold
 */
async function pinFold<Event, State, Pin>({ definition, tables }: FoldContext<Event, State, Pin>): Promise<void> {
  const key = { fold: definition.name, shard: WHOLE_FOLD };
  for (let attempt = 0; attempt < PIN_ATTEMPTS; attempt++) {
    const { epoch, nextOffset, fingerprint } = await tables.readShard(key, [], 'serial');
    const pinning = definition.pin(fingerprint, nextOffset);
    if (!pinning.ok)
      throw new FoldAlarm('configuration', `another shard of ${definition.name} refuses this configuration: ${pinning.problem}`);
    if (pinning.fingerprint === fingerprint) return;
    const reply = await tables.claimShard(key, { epoch, nextOffset, fingerprint: pinning.fingerprint });
    if (reply.applied) return;
  }
  throw new Abandoned('other_owner', `other owners kept changing what ${definition.name} has pinned`);
}

/** @throws Abandoned when the shard's row is not as its owner left it. */
export function mustBeMine(state: ShardState, shard: number, epoch: number, nextOffset: number): void {
  if (state.epoch === epoch && state.nextOffset === nextOffset) return;
  throw new Abandoned(
    'other_owner',
    `shard ${shard} is at epoch ${state.epoch}, next_offset ${state.nextOffset}; this owner holds epoch ${epoch}, next_offset ${nextOffset}`,
  );
}

/** How often the log's end is asked for again before it is believed to lie below next_offset (a new leader may lag for a moment). */
const END_CHECKS = 5;

/**
 * Where the owner starts to read: the group's offset, or the earliest record where the group has none.
 * @throws Abandoned when another owner claimed meanwhile; FoldAlarm when group, log and tables contradict each other
 */
export async function startOffset<Event, State, Pin>(
  context: FoldContext<Event, State, Pin>,
  partition: OwnedPartition,
  { epoch, nextOffset }: Claim<Pin>,
): Promise<number> {
  const where = `${partition.topic}/${partition.partition}`;
  const group = await partition.groupOffset();
  if (group !== undefined && group > nextOffset) {
    // It may have moved since the claim: then another owner moved it, after a claim and commits of its own.
    const shard = partition.partition;
    mustBeMine(await context.tables.readShard({ fold: context.definition.name, shard }, [], 'serial'), shard, epoch, nextOffset);
    throw new FoldAlarm(
      'group_ahead',
      `group ${context.log.nameOf(context.definition.group)} stands at offset ${group} of ${where}, beyond next_offset ${nextOffset}: records between them were never counted. Set the group's offset to ${nextOffset} or lower and restart.`,
    );
  }
  for (let check = 1; ; check++) {
    const { earliest, end } = await partition.bounds();
    if (end >= nextOffset) return group ?? firstOffset(where, earliest, nextOffset);
    if (check === END_CHECKS) {
      throw new FoldAlarm(
        'log_truncated',
        `${where} ends at offset ${end}, below next_offset ${nextOffset}: counted records are gone from the log. Restore the topic, or start a new generation.`,
      );
    }
    await context.clock.sleep(context.limits.backoff_ms_max, partition.signal);
    if (partition.signal.aborted) throw new Abandoned('stopping', `${where} is no longer this process's`);
  }
}

function firstOffset(where: string, earliest: number, nextOffset: number): number {
  if (nextOffset > 0 && earliest > nextOffset) throw recordsLost(where, nextOffset, earliest);
  return earliest;
}
