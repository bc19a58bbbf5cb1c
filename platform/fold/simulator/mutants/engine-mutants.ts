/** Mutants of the engine's own code, by patches of its sources. */
import { smallOrders } from '../small/orders.ts';
import type { Mutant, Patch } from './mutant.ts';

const COMMIT = 'await commit(context, memory, batch.end);\n';
const ROWS =
  "  const written = rows.length > 0 ? [persist(context, memory, 'rows', () => tables.write(rows))] : [];\n" +
  '  await all([...written, ...emit(context, memory, batch.emitted)]);\n';
const PAGES = "  if (pages.length > 0) await persist(context, memory, 'pages', () => tables.write(pages));\n";
const PUBLISH = '  await publish(context, memory, batch);\n';
const GROUP = "  if (commitGroup && !join?.isOpen) await persist(context, memory, 'group offset', () => commitGroup(batch.end));\n";
const rejects =
  "  if (rejected.length > 0) await persist(context, memory, 'rejected records', () => log.append(definition.rejectedTopic, rejected));\n";

const inFlush = (from: string, to: string): Patch => ({ file: 'flush.ts', from, to });
const inOwner = (from: string, to: string): Patch => ({ file: 'owner.ts', from, to });
const inEvent = (from: string, to: string): Patch => ({ file: 'fold-event.ts', from, to });
const inFold = (from: string, to: string): Patch => ({ file: 'fold.ts', from, to });

const netTouches: Patch = {
  file: 'batch.ts',
  from: 'known.add(name);',
  to: 'if (!known.delete(name)) known.add(name);',
};

export const flushMutants: readonly Mutant[] = [
  {
    name: 'net-flips',
    pipeline: smallOrders,
    breaks: 'a user who left a segment and came back within one flush is not written, as if nothing had happened',
    patches: [netTouches],
  },
  {
    name: 'net-flips-redo-full',
    pipeline: smallOrders,
    breaks: 'the same, though a redone user is written to every segment',
    patches: [
      netTouches,
      inEvent(
        'batch.touch(key, effects.touched);',
        'batch.touch(key, effects.touched);\n  if (redo) (batch.redoneKeys ??= new Set()).add(key);',
      ),
      inFlush(
        ROWS,
        `  for (const key of batch.redoneKeys ?? []) {
    const { lsn, state } = batch.pages.get(key);
    rows.push(...definition.memberRows(key, state, new Set('wykt'), { shard: memory.shard, lsn }));
  }\n${ROWS}`,
      ),
    ],
  },
  {
    name: 'pages-before-rows',
    pipeline: smallOrders,
    breaks: "the users' pages are written before the rows that they vouch for",
    patches: [inFlush(ROWS, ''), inFlush(PAGES, PAGES + ROWS)],
  },
  {
    name: 'group-before-pages',
    pipeline: smallOrders,
    breaks: "the group's offset is stored before the users' pages",
    patches: [inFlush(GROUP, ''), inFlush(PAGES, GROUP + PAGES)],
  },
  {
    name: 'group-before-publication',
    pipeline: smallOrders,
    breaks: 'totals are published after the group’s offset is stored, and not at a claim',
    patches: [inFlush(PUBLISH + GROUP, GROUP + PUBLISH), inFold('  await owner.start();\n', '')],
  },
  {
    name: 'rows-before-commit',
    pipeline: smallOrders,
    breaks: 'rows and pages are written before the commit that fences stale owners off',
    patches: [inFlush(COMMIT, ''), inFlush(PAGES, `${PAGES}  ${COMMIT}`)],
  },
  {
    name: 'pipelined-flush',
    pipeline: smallOrders,
    breaks: "the users' pages do not wait for the other rows",
    patches: [
      inFlush(
        'await all([...written, ...emit(context, memory, batch.emitted)]);\n',
        'const others = all([...written, ...emit(context, memory, batch.emitted)]).then(() => undefined, (error) => error);\n',
      ),
      inFlush(PUBLISH, `  const failed = await others;\n  if (failed) throw failed;\n${PUBLISH}`),
    ],
  },
  {
    name: 'rows-not-retried',
    pipeline: smallOrders,
    breaks: 'rows without an acknowledgement are taken for written',
    patches: [
      inFlush(
        'if (error instanceof Abandoned) throw error;',
        "if (error instanceof Abandoned) throw error;\n      if (what === 'rows') return undefined;",
      ),
    ],
  },
  {
    name: 'pages-not-retried',
    pipeline: smallOrders,
    breaks: 'pages without an acknowledgement are taken for written',
    patches: [
      inFlush(
        'if (error instanceof Abandoned) throw error;',
        "if (error instanceof Abandoned) throw error;\n      if (what === 'pages') return undefined;",
      ),
    ],
  },
  {
    name: 'rejects-after-commit',
    pipeline: smallOrders,
    breaks: 'rejected records are published after the commit, and only when it is their first time',
    patches: [
      inFlush(rejects, ''),
      inFlush(COMMIT, `const fresh = batch.end > memory.nextOffset;\n  ${COMMIT}  if (fresh) {\n  ${rejects}  }\n`),
    ],
  },
  {
    name: 'no-commit-without-orders',
    pipeline: smallOrders,
    breaks: 'a flush of nothing but duplicates and rejects does not store next_offset',
    patches: [inFlush(COMMIT, `if (batch.counted.length > 0) ${COMMIT}`)],
  },
  {
    name: 'next-not-highest',
    pipeline: smallOrders,
    breaks: 'a redo stores a lower next_offset',
    patches: [inFlush('if (end <= base) return;', 'if (end === base) return;')],
  },
  {
    name: 'commit-not-repeated',
    pipeline: smallOrders,
    breaks: 'a commit that is sent again is another one: without the totals that changed',
    patches: [
      inFlush('  const request = {', '  const request = () => ({'),
      inFlush('...memory.edges.takeChanged()] };', '...memory.edges.takeChanged()] });'),
      inFlush('memory.shard }, request);', 'memory.shard }, request());'),
    ],
  },
  {
    name: 'refusal-believed',
    pipeline: smallOrders,
    breaks: 'a commit refused by a shard that stands at its next_offset is taken for an earlier copy, whatever the epoch',
    patches: [inFlush('(reply.epoch === memory.epoch && reply.nextOffset === end)', 'reply.nextOffset === end')],
  },
  {
    name: 'publish-only-counted',
    pipeline: smallOrders,
    breaks: 'orders that were in their pages already are not published, though their owner died before it could',
    patches: [inFlush('batch.pages.size + batch.skipped === 0', 'batch.pages.size === 0')],
  },
  {
    name: 'publish-without-offset',
    pipeline: smallOrders,
    breaks: 'published totals carry no next_offset: the last one read wins',
    patches: [inFlush('nextOffset: memory.nextOffset, totals }', 'nextOffset: 0, totals }')],
  },
];

export const ownerMutants: readonly Mutant[] = [
  {
    name: 'redo-counts-totals',
    pipeline: smallOrders,
    breaks: 'a redone order is added to the totals again',
    patches: [inEvent('if (effects.totals && !redo)', 'if (effects.totals)')],
  },
  {
    name: 'unmet-taken-for-new',
    pipeline: smallOrders,
    breaks: 'a key that this owner has not met is taken for new, though others owned the shard before',
    patches: [inOwner('claim.nextOffset === 0 ? new SeenKeys() : undefined', 'new SeenKeys()')],
  },
  {
    name: 'redo-completes-nothing',
    pipeline: smallOrders,
    breaks: 'a row that a redone order completes is not written again',
    patches: [inEvent('if (effects.rows) {', 'if (effects.rows && !redo) {')],
  },
  {
    name: 'redo-ignores-lsn',
    pipeline: smallOrders,
    breaks: "an order that is in its user's page already is folded into it again",
    patches: [inEvent('if (offset <= page.lsn) {', 'if (!redo && offset <= page.lsn) {')],
  },
  {
    name: 'ahead-skipped',
    pipeline: smallOrders,
    breaks: "a fresh order at or below its user's lsn is skipped, though somebody else owns the shard",
    patches: [inEvent('if (!redo)\n      throw new Abandoned(', 'if (false)\n      throw new Abandoned(')],
  },
  {
    name: 'dirty-eviction',
    pipeline: smallOrders,
    breaks: 'a user leaves the cache before their page is written, and is read again as they were',
    patches: [
      inOwner('await this.#loadPages(readable);', 'await this.#loadPages([]);'),
      inOwner('await lookups?.read(this.#unfolded(readable));', ''),
      inOwner(
        'for (const one of readable) foldEvent(folding, this.#pages.get(one.read.key), one);',
        'for (const one of readable) {\n        await this.#loadPages([one]);\n        foldEvent(folding, this.#pages.get(one.read.key), one);\n        this.#pages.trim(limits.cachedPages);\n      }',
      ),
    ],
  },
  {
    name: 'days-from-nothing',
    pipeline: smallOrders,
    breaks: 'a day that is not in memory starts from nothing',
    patches: [inOwner('totals.load(missing, state.totals);', 'totals.load(missing, []);')],
  },
  {
    name: 'pages-kept-after-loss',
    pipeline: smallOrders,
    breaks: 'pages stay in memory when their owner has forgotten everything else',
    patches: [
      inOwner('export class ShardOwner<', 'const kept = new WeakMap();\n\nexport class ShardOwner<'),
      inOwner('readonly #pages = new PageCache<State>();', 'readonly #pages: PageCache<State>;'),
      inOwner(
        '    this.#memory = { shard',
        '    this.#pages = kept.get(signal) ?? new PageCache<State>();\n    kept.set(signal, this.#pages);\n    this.#memory = { shard',
      ),
    ],
  },
  {
    name: 'totals-kept-after-loss',
    pipeline: smallOrders,
    breaks: 'totals stay in memory when their owner has forgotten everything else',
    patches: [
      inOwner('export class ShardOwner<', 'const kept = new WeakMap();\n\nexport class ShardOwner<'),
      inOwner(
        'totals: claim.totals, edges: claim.edges, signal };',
        'totals: kept.get(signal) ?? claim.totals, edges: claim.edges, signal };\n    kept.set(signal, this.#memory.totals);',
      ),
    ],
  },
];
