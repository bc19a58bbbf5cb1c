/** Mutants of emissions, of what a page has heard, of delays and of joins: those of the model of folds that feed each other. */
import type { At } from '../../definition.ts';
import type { ShardTotals } from '../../totals.ts';
import { loosely, type Pipeline, simulatedFold } from '../pipeline.ts';
import { aggregateOf, smallAggregate } from '../small/aggregate.ts';
import { recountItems, recountPurchases } from '../small/aggregate-recount.ts';
import { itemsFold, type Top } from '../small/items.ts';
import { ACCOUNTS, purchasesFold } from '../small/purchases.ts';
import { smallTimers } from '../small/timers.ts';
import { WithHiddenMarks } from './broken-tables.ts';
import type { Mutant, Patch } from './mutant.ts';

const inFlush = (from: string, to: string): Patch => ({ file: 'flush.ts', from, to });
const inEvent = (from: string, to: string): Patch => ({ file: 'fold-event.ts', from, to });
const inCause = (from: string, to: string): Patch => ({ file: 'cause.ts', from, to });

const STEP_B = 'await all([...written, ...emit(context, memory, batch.emitted)]);\n';
const PAGES = "  if (pages.length > 0) await persist(context, memory, 'pages', () => tables.write(pages));\n";
const JOIN_ROW = '    ...(complete?.row(batch.end) ?? []),\n';
const JOINED = '  complete?.written();\n';
const GROUP = "  if (commitGroup && !join?.isOpen) await persist(context, memory, 'group offset', () => commitGroup(batch.end));\n";
const HEARING = 'return { ...heard, [from]: [offset, n] };';
const HEARD_FROM = 'const last = Object.hasOwn(heard, from) ? heard[from] : undefined;';

/** The same with the causes and the marks as the mutant has them: what counts is what follows. */
const aggregate = loosely(smallAggregate);

export const emissionMutants: readonly Mutant[] = [
  {
    name: 'emissions-after-pages',
    pipeline: smallAggregate,
    breaks: 'emissions are sent after the pages that vouch for them',
    patches: [inFlush(STEP_B, 'await all(written);\n'), inFlush(JOINED, `${JOINED}  await all(emit(context, memory, batch.emitted));\n`)],
  },
  {
    name: 'emissions-with-pages',
    pipeline: smallAggregate,
    breaks: 'emissions are sent together with the pages that vouch for them',
    patches: [
      inFlush(STEP_B, 'await all(written);\n'),
      inFlush(
        PAGES,
        "  const vouching = pages.length > 0 ? [persist(context, memory, 'pages', () => tables.write(pages))] : [];\n  await all([...vouching, ...emit(context, memory, batch.emitted)]);\n",
      ),
    ],
  },
  {
    name: 'emissions-not-retried',
    pipeline: smallAggregate,
    breaks: 'emissions without an acknowledgement are taken for sent',
    patches: [
      inFlush(
        'if (error instanceof Abandoned) throw error;',
        "if (error instanceof Abandoned) throw error;\n      if (what.startsWith('emissions')) return undefined;",
      ),
    ],
  },
  {
    name: 'redo-emits-nothing',
    pipeline: smallAggregate,
    breaks: 'what a redone record emits is not sent again',
    patches: [inEvent('batch.emitted.push(emitted);', 'if (!redo) batch.emitted.push(emitted);')],
  },
  {
    name: 'emissions-unnumbered',
    pipeline: aggregate,
    breaks: 'the emissions of a record have no numbers: the second to a key is taken for the first',
    patches: [{ file: 'emissions.ts', from: 'offset, n, since_ms });', to: 'offset, n: 0, since_ms });' }],
  },
  {
    name: 'cause-of-the-flush',
    pipeline: aggregate,
    breaks: 'a cause names the end of the flush and a number in it, not the record: another flush gives the same emission another cause',
    patches: [
      inEvent(
        'for (const emitted of emissionsOf(definition, at, emits, delayed)) {',
        `const first = batch.emitted.length;
  for (const one of emissionsOf(definition, at, emits, delayed)) {
    const { cause, timer } = one.origin;
    const emitted = { ...one, origin: { cause: { ...cause, offset: batch.end - 1, n: first + cause.n }, timer } };`,
      ),
    ],
  },
  {
    name: 'suffix-without-prefix',
    pipeline: smallAggregate,
    breaks: 'the log takes records of an append behind others whose fate is unknown',
    suffixes: true,
  },
  {
    name: 'emitted-totals',
    pipeline: aggregateOf({
      purchases: simulatedFold(() => purchasesFold(everySecond), recountPurchases(2)),
    }),
    breaks: 'what a record emits depends on the totals of its shard, which are ahead of it in a redo',
    patches: [inEvent('const at: At = {\n', 'const at: At = {\n    totals: memory.totals,\n')],
  },
  {
    name: 'refusal-not-written',
    pipeline: smallAggregate,
    breaks: 'a refused command is not written: the same one may be granted when it comes again',
    patches: [inEvent("folded.outcome !== 'repeated') batch.pages.set", "folded.outcome === 'counted') batch.pages.set")],
  },
];

/** What a purchase that begins emits where the engine lends out its totals. */
function everySecond(at: At) {
  const { totals } = at as At & { readonly totals: ShardTotals };
  const begun = totals.rows('all').find(({ name }) => name === 'buy')?.figures.commands ?? 0;
  return begun % 2 === 1 ? [{ topic: ACCOUNTS, key: 'customer-1', value: '{"kind":"bonus"}' } as const] : [];
}

export const heardMutants: readonly Mutant[] = [
  {
    name: 'nothing-heard',
    pipeline: smallAggregate,
    breaks: 'a page does not tell repeated emissions',
    patches: [inEvent('if (origin && isHeard(page.heard, origin.cause)) {', 'if (false) {')],
  },
  {
    name: 'heard-of-any-source',
    pipeline: aggregate,
    breaks: 'a page keeps one mark for all sources',
    patches: [inCause(HEARD_FROM, 'const last = heard.any;'), inCause(HEARING, 'return { any: [offset, n] };')],
  },
  {
    name: 'heard-of-the-last-source',
    pipeline: aggregate,
    breaks: 'a page keeps what it has heard of the last source only',
    patches: [inCause(HEARING, 'return { [from]: [offset, n] };')],
  },
  {
    name: 'heard-by-fold',
    pipeline: aggregate,
    breaks: 'a page keeps one mark for all shards of a fold',
    patches: [
      inCause(HEARD_FROM, "const last = heard[from.replace(/\\/\\d+/, '')];"),
      inCause(HEARING, "return { ...heard, [from.replace(/\\/\\d+/, '')]: [offset, n] };"),
    ],
  },
  {
    name: 'heard-in-memory',
    pipeline: aggregate,
    breaks: 'what a page has heard is not written with it',
    patches: [{ file: 'page.ts', from: "const heardText = heard === NOTHING_HEARD ? '' : ", to: "const heardText = heard ? '' : " }],
  },
  {
    name: 'heard-in-the-shard',
    pipeline: smallAggregate,
    breaks: "what was heard is kept in the shard's row, which is ahead of the pages in a redo",
    tables: WithHiddenMarks,
    patches: [
      inEvent('if (origin && isHeard(page.heard, origin.cause)) {', 'if (origin && isHeardByShard(memory.edges, origin.cause)) {'),
      inEvent(
        '/** Expires a passed deadline',
        `function isHeardByShard(edges, { from, offset, n }) {
  const name = 'mark/' + from;
  const last = edges.rows('edges').find((row) => row.name === name)?.figures.records ?? 0;
  const mark = offset * 64 + n + 1;
  if (mark <= last) return true;
  edges.add({ period: 'edges', name, figures: { records: mark - last } });
  return false;
}

/** Expires a passed deadline`,
      ),
    ],
  },
];

export const delayMutants: readonly Mutant[] = [
  {
    name: 'forward-commits-first',
    pipeline: smallTimers,
    breaks: "a forwarder stores the group's offset before the copies are appended",
    patches: [
      {
        file: 'forwarder.ts',
        from: '  await append(context, partition, context.target, copies);\n',
        to: '  await partition.commit(open[copies.length - 1].record.offset + 1);\n  await append(context, partition, context.target, copies);\n',
      },
    ],
  },
  {
    name: 'forwarded-early',
    pipeline: smallTimers,
    breaks: 'a forwarder takes along what is not due yet',
    patches: [
      { file: 'forwarder.ts', from: 'if (timer === undefined || timer.due_ms > now_ms) break;', to: 'if (timer === undefined) break;' },
    ],
  },
  {
    name: 'deadline-left-to-the-delay',
    pipeline: smallTimers,
    breaks: "a passed deadline is not expired by the key's next event, but only by what the delay brings back",
    patches: [
      inEvent('if (expiry === undefined) return undefined;', 'if (expiry === undefined || at.delay === undefined) return undefined;'),
    ],
  },
  {
    name: 'verdict-by-a-clock',
    pipeline: smallTimers,
    breaks: 'whether a deadline has passed is asked of a clock, which says something else in a redo',
    patches: [
      { file: 'owner.ts', from: 'join: this.#join, lookups };', to: 'join: this.#join, lookups, clock };' },
      inEvent(
        'const expired = expire(definition, page.state, at);',
        'const expired = expire(definition, page.state, { ...at, time_ms: folding.clock.now_ms() });',
      ),
    ],
  },
];

/** The list of a shard's items by the events that were folded: each merge adds one. */
const eventsByItem = {
  initial: [],
  merge: (top: Top, item: string): Top => {
    const count = top.find(([other]) => other === item)?.[1] ?? 0;
    const all: Top = [...top.filter(([other]) => other !== item), [item, count + 1]];
    return all.toSorted(([a, more], [b, less]) => less - more || (a < b ? -1 : 1));
  },
  encode: (top: Top) => JSON.stringify(top),
  decode: (value: unknown) => value as Top,
};

const summing: Pipeline = aggregateOf({ items: simulatedFold(() => itemsFold(eventsByItem), recountItems('events')) });

export const joinMutants: readonly Mutant[] = [
  {
    name: 'join-is-a-sum',
    pipeline: summing,
    breaks: 'what spans the keys of a shard is a sum: an event that is merged again counts again',
    patches: [{ file: 'join.ts', from: 'if (this.#join.merge(merged, key, state) !== merged)', to: 'if (false)' }],
  },
  {
    name: 'join-after-group',
    pipeline: smallAggregate,
    breaks: "the row of a join is written after the group's offset is stored",
    patches: [
      inFlush(JOIN_ROW, ''),
      inFlush(JOINED, ''),
      inFlush(
        GROUP,
        `${GROUP.replace(' && !join?.isOpen', '')}  const kept = complete?.row(batch.end) ?? [];\n  if (kept.length > 0) await persist(context, memory, 'join', () => tables.write(kept));\n${JOINED}`,
      ),
    ],
  },
];
