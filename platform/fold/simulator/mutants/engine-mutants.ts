/** Mutants of the engine's own code, by patches of its sources. */
import type { Mutant, Patch } from './mutant.ts';

const COMMIT = 'await commit(context, memory, batch.end);\n';
const ROWS = "  if (rows.length > 0) await persist(context, memory, 'rows', () => tables.write(rows));\n";
const STATES = "  if (states.length > 0) await persist(context, memory, 'states', () => tables.write(states));\n";
const PUBLISH = '  await publish(context, memory, batch);\n';
const GROUP = "  if (commitGroup) await persist(context, memory, 'group offset', () => commitGroup(batch.end));\n";
const rejects =
  "  if (rejected.length > 0) await persist(context, memory, 'rejected records', () => log.append(definition.rejectedTopic, rejected));\n";

const inFlush = (from: string, to: string): Patch => ({ file: 'flush.ts', from, to });
const inOwner = (from: string, to: string): Patch => ({ file: 'owner.ts', from, to });
const inFold = (from: string, to: string): Patch => ({ file: 'fold.ts', from, to });

const netTouches: Patch = {
  file: 'batch.ts',
  from: 'known.add(segment);',
  to: 'if (!known.delete(segment)) known.add(segment);',
};

export const flushMutants: readonly Mutant[] = [
  {
    name: 'net-flips',
    breaks: 'a user who left a segment and came back within one flush is not written, as if nothing had happened',
    patches: [netTouches],
  },
  {
    name: 'net-flips-redo-full',
    breaks: 'the same, though a redone user is written to every segment',
    patches: [
      netTouches,
      inOwner(
        'batch.touch(read.key, tallied.touched);',
        'batch.touch(read.key, tallied.touched);\n    if (redo) (batch.redoneKeys ??= new Set()).add(read.key);',
      ),
      inFlush(
        ROWS,
        `  for (const key of batch.redoneKeys ?? []) rows.push(...definition.memberRows(key, batch.states.get(key), new Set('wykt'), memory.shard));\n${ROWS}`,
      ),
    ],
  },
  {
    name: 'users-before-rows',
    breaks: "the users' rows are written before the rows that they vouch for",
    patches: [inFlush(ROWS, ''), inFlush(STATES, STATES + ROWS)],
  },
  {
    name: 'group-before-users',
    breaks: "the group's offset is stored before the users' rows",
    patches: [inFlush(GROUP, ''), inFlush(STATES, GROUP + STATES)],
  },
  {
    name: 'group-before-publication',
    breaks: 'totals are published after the group’s offset is stored, and not at a claim',
    patches: [inFlush(PUBLISH + GROUP, GROUP + PUBLISH), inFold('  await owner.start();\n', '')],
  },
  {
    name: 'rows-before-commit',
    breaks: "rows and users' rows are written before the commit that fences stale owners off",
    patches: [inFlush(COMMIT, ''), inFlush(STATES, `${STATES}  ${COMMIT}`)],
  },
  {
    name: 'pipelined-flush',
    breaks: "the users' rows do not wait for the other rows",
    patches: [
      inFlush(
        ROWS,
        "  const written = rows.length > 0 && persist(context, memory, 'rows', () => tables.write(rows)).then(() => undefined, (error) => error);\n",
      ),
      inFlush(PUBLISH, `  const failed = await written;\n  if (failed) throw failed;\n${PUBLISH}`),
    ],
  },
  {
    name: 'rows-not-retried',
    breaks: 'rows without an acknowledgement are taken for written',
    patches: [
      inFlush(
        'if (error instanceof Abandoned) throw error;',
        "if (error instanceof Abandoned) throw error;\n      if (what === 'rows') return undefined;",
      ),
    ],
  },
  {
    name: 'states-not-retried',
    breaks: "users' rows without an acknowledgement are taken for written",
    patches: [
      inFlush(
        'if (error instanceof Abandoned) throw error;',
        "if (error instanceof Abandoned) throw error;\n      if (what === 'states') return undefined;",
      ),
    ],
  },
  {
    name: 'rejects-after-commit',
    breaks: 'rejected records are published after the commit, and only when it is their first time',
    patches: [
      inFlush(rejects, ''),
      inFlush(COMMIT, `const fresh = batch.end > memory.nextOffset;\n  ${COMMIT}  if (fresh) {\n  ${rejects}  }\n`),
    ],
  },
  {
    name: 'no-commit-without-orders',
    breaks: 'a flush of nothing but duplicates and rejects does not store next_offset',
    patches: [inFlush(COMMIT, `if (batch.counted.length > 0) ${COMMIT}`)],
  },
  {
    name: 'next-not-highest',
    breaks: 'a redo stores a lower next_offset',
    patches: [inFlush('if (end <= base) return;', 'if (end === base) return;')],
  },
  {
    name: 'commit-not-repeated',
    breaks: 'a commit that is sent again is another one: without the totals that changed',
    patches: [
      inFlush('  const request = {', '  const request = () => ({'),
      inFlush('totals: memory.totals.takeChanged() };', 'totals: memory.totals.takeChanged() });'),
      inFlush('memory.shard }, request);', 'memory.shard }, request());'),
    ],
  },
  {
    name: 'refusal-believed',
    breaks: 'a commit refused by a shard that stands at its next_offset is taken for an earlier copy, whatever the epoch',
    patches: [inFlush('(reply.epoch === memory.epoch && reply.nextOffset === end)', 'reply.nextOffset === end')],
  },
  {
    name: 'publish-only-counted',
    breaks: 'orders that were in their rows already are not published, though their owner died before it could',
    patches: [inFlush('batch.counted.length + batch.skipped === 0', 'batch.counted.length === 0')],
  },
  {
    name: 'publish-without-offset',
    breaks: 'published totals carry no next_offset: the last one read wins',
    patches: [inFlush('nextOffset: memory.nextOffset, totals }', 'nextOffset: 0, totals }')],
  },
];

export const ownerMutants: readonly Mutant[] = [
  {
    name: 'redo-counts-totals',
    breaks: 'a redone order is added to the totals again',
    patches: [inOwner('    if (redo) {\n', '    if (redo) {\n      for (const change of tallied.totals) totals.add(change);\n')],
  },
  {
    name: 'unmet-taken-for-new',
    breaks: 'a key that this owner has not met is taken for new, though others owned the shard before',
    patches: [inOwner('claim.nextOffset === 0 ? new SeenKeys() : undefined', 'new SeenKeys()')],
  },
  {
    name: 'redo-completes-nothing',
    breaks: 'a row that a redone order completes is not written again',
    patches: [inOwner('if (tallied.rows) batch', 'if (tallied.rows && !redo) batch')],
  },
  {
    name: 'redo-ignores-lsn',
    breaks: "an order that is in its user's row already is folded into it again",
    patches: [inOwner('if (offset <= state.lsn) {', 'if (!redo && offset <= state.lsn) {')],
  },
  {
    name: 'ahead-skipped',
    breaks: "a fresh order at or below its user's lsn is skipped, though somebody else owns the shard",
    patches: [inOwner('if (!redo)\n        throw new Abandoned(', 'if (false)\n        throw new Abandoned(')],
  },
  {
    name: 'dirty-eviction',
    breaks: 'a user leaves the cache before their row is written, and is read again as they were',
    patches: [
      inOwner('await this.#loadStates(readable);', 'await this.#loadStates([]);'),
      inOwner(
        'for (const { record, read } of readable) this.#foldOne(batch, record, read);',
        'for (const one of readable) {\n      await this.#loadStates([one]);\n      this.#foldOne(batch, one.record, one.read);\n      this.#states.trim(limits.cachedStates);\n    }',
      ),
    ],
  },
  {
    name: 'days-from-nothing',
    breaks: 'a day that is not in memory starts from nothing',
    patches: [inOwner('totals.load(missing, state.totals);', 'totals.load(missing, []);')],
  },
  {
    name: 'users-kept-after-loss',
    breaks: 'users stay in memory when their owner has forgotten everything else',
    patches: [
      inOwner('interface Readable<Event> {', 'const kept = new WeakMap();\n\ninterface Readable<Event> {'),
      inOwner('readonly #states = new StateCache<State>();', 'readonly #states: StateCache<State>;'),
      inOwner(
        '    this.#memory = { shard',
        '    this.#states = kept.get(signal) ?? new StateCache<State>();\n    kept.set(signal, this.#states);\n    this.#memory = { shard',
      ),
    ],
  },
  {
    name: 'totals-kept-after-loss',
    breaks: 'totals stay in memory when their owner has forgotten everything else',
    patches: [
      inOwner('interface Readable<Event> {', 'const kept = new WeakMap();\n\ninterface Readable<Event> {'),
      inOwner(
        'totals: claim.totals, signal };',
        'totals: kept.get(signal) ?? claim.totals, signal };\n    kept.set(signal, this.#memory.totals);',
      ),
    ],
  },
];
