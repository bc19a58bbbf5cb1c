/** Mutants of how a shard is claimed and where its owner starts. Some break only where a promise of the tables is broken too. */
import { smallOrders } from '../small/orders.ts';
import { ClaimedByEpochOnly, CommittedByBaseOnly, CommittedByEpochOnly } from './broken-tables.ts';
import type { Mutant, Patch } from './mutant.ts';

const inClaim = (from: string, to: string): Patch => ({ file: 'claim.ts', from, to });
const inFold = (from: string, to: string): Patch => ({ file: 'fold.ts', from, to });

const CLAIM_CALL =
  'await tables.claimShard(key, { epoch: before.epoch, nextOffset: before.nextOffset, fingerprint: pinning.fingerprint });';
const claimBelieved = inClaim(
  CLAIM_CALL,
  `${CLAIM_CALL.slice(0, -1)}.catch(async (error) => {
    const now = await tables.readShard(key, [], 'serial');
    if (now.epoch !== before.epoch + 1) throw error;
    return { applied: true };
  });`,
);
const dayUnchecked: Patch = { file: 'owner.ts', from: '    mustBeMine(state, shard, epoch, nextOffset);\n', to: '' };

export const claimMutants: readonly Mutant[] = [
  {
    name: 'claim-read-back',
    pipeline: smallOrders,
    breaks: 'a claim without an answer is believed when the epoch is the one asked for; commits look at the epoch only',
    patches: [claimBelieved],
    tables: CommittedByEpochOnly,
  },
  {
    name: 'claim-read-back-day-unchecked',
    pipeline: smallOrders,
    breaks:
      'a claim without an answer is believed when the epoch is the one asked for; the totals of a day are not held against epoch and next_offset',
    patches: [claimBelieved, dayUnchecked],
  },
  {
    name: 'day-unchecked-no-epoch',
    pipeline: smallOrders,
    breaks: 'the totals of a day are not held against epoch and next_offset; commits look at next_offset only',
    patches: [dayUnchecked],
    tables: CommittedByBaseOnly,
  },
  {
    name: 'totals-before-claim',
    pipeline: smallOrders,
    breaks: 'the totals are read before the claim; claims look at the epoch only',
    patches: [
      inClaim("const before = await tables.readShard(key, [], 'serial');", "const before = await tables.readShard(key, [ALL], 'serial');"),
      inClaim('state.totals.filter(({ period }) => period === ALL)', 'before.totals'),
    ],
    tables: ClaimedByEpochOnly,
  },
  {
    name: 'no-seek-after-loss',
    pipeline: smallOrders,
    breaks: "an owner that forgot everything reads on where it was, not at the group's offset",
    patches: [
      inFold('/** One claim, from its compare-and-set', 'const begun = new WeakSet();\n\n/** One claim, from its compare-and-set'),
      inFold('  partition.seek(position);', '  if (!begun.has(partition)) partition.seek(position);\n  begun.add(partition);'),
    ],
  },
  {
    name: 'start-at-next-offset',
    pipeline: smallOrders,
    breaks: "an owner starts at next_offset, not at the group's offset: nothing is redone",
    patches: [inFold('let position = await startOffset(context, partition, claim);', 'let position = claim.nextOffset;')],
  },
  {
    name: 'stale-alarm',
    pipeline: smallOrders,
    breaks: 'an owner alarms that the group is ahead, when it is another owner who moved it',
    patches: [
      inClaim(
        "mustBeMine(await context.tables.readShard({ fold: context.definition.name, shard }, [], 'serial'), shard, epoch, nextOffset);",
        '',
      ),
    ],
  },
];
