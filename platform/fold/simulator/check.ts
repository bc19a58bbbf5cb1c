/** Holds what a history left behind against a recount of its logs: every total, row, published, rejected and emitted record. */
import type { LogRecord } from '#platform/log/log.ts';
import type { TableDefinition, TotalRow } from '#platform/tables/tables.ts';
import { shardJoins } from '../join.ts';
import { decodePublishedTotals, type PublishedTotals } from '../published-totals.ts';
import { ALL } from '../totals.ts';
import { emissionProblems } from './check-emissions.ts';
import { rowProblems } from './check-rows.ts';
import { edgeTotals } from './naive-edges.ts';
import type { ExpectedEmission, ExpectedRow, Pipeline, SimulatedFold, Truth } from './pipeline.ts';
import { endOf } from './topic.ts';
import { nameOf, type World } from './world.ts';

/** What is wrong, one line each; empty when everything is as the recount says. */
export function check(world: World, pipeline: Pipeline): string[] {
  const problems: string[] = [];
  const rows: ExpectedRow[] = [];
  const emitted: ExpectedEmission[] = [];
  for (const fold of pipeline.folds) {
    for (const simulated of world.shards.filter(({ worker }) => worker === fold)) {
      const { shard, log, groupOffset } = simulated;
      const end = endOf(log);
      const state = world.tables.readShard({ fold: fold.name, shard }, 'every');
      const truth = fold.recount({ shard, records: log.records, fingerprint: state.fingerprint ?? '' });
      const where = nameOf(simulated);
      if (state.nextOffset !== end) problems.push(`next_offset of ${where} is ${state.nextOffset}, of ${end}`);
      if ((groupOffset ?? 0) > state.nextOffset) problems.push(`the group stands beyond next_offset in ${where}`);
      const totals = [...truth.totalsBelow(end), ...edgeTotals(log.records, truth)];
      problems.push(
        ...differences(`totals of ${where}`, state.totals, totals),
        ...publishedProblems(world, fold, shard, end, truth),
        ...rejectedProblems(world.topics.records(fold.rejectedTopic), fold.topic, shard, truth),
      );
      rows.push(...truth.rows, ...keptRow(fold, shard, truth));
      emitted.push(...truth.emitted);
    }
  }
  const facts = [...pipeline.factsOf(world.tables.rows())];
  return [
    ...problems,
    ...rowProblems(facts, rows, pipeline),
    ...emissionProblems(world, pipeline, emitted),
    ...(pipeline.balance?.((topic) => world.topics.records(topic), facts) ?? []),
  ];
}

function keptRow({ name }: SimulatedFold, shard: number, { kept }: Truth): ExpectedRow[] {
  return kept === undefined ? [] : [{ table: shardJoins as TableDefinition, columns: { fold: name, shard, kept } }];
}

/** Whatever was published is the recount up to its next_offset, and a reader that keeps each period's highest ends with the truth. */
function publishedProblems(world: World, { name, totalsTopic }: SimulatedFold, shard: number, end: number, truth: Truth): string[] {
  if (totalsTopic === undefined) return [];
  const problems: string[] = [];
  const checked = new Set<string>();
  const newest = new Map<string, { readonly nextOffset: number; readonly rows: readonly TotalRow[] }>();
  for (const { value } of world.topics.records(totalsTopic)) {
    const text = String(value);
    if (checked.has(text)) continue;
    checked.add(text);
    const published = decodePublishedTotals(value);
    if (!published) problems.push(`a record of the totals cannot be read: ${text}`);
    if (published?.shard !== shard || published.fold !== name) continue;
    problems.push(...snapshotProblems(published, truth));
    for (const [period, rows] of Map.groupBy(published.totals, (row) => row.period)) {
      if (published.nextOffset >= (newest.get(period)?.nextOffset ?? 0)) newest.set(period, { nextOffset: published.nextOffset, rows });
    }
  }
  const seen = [...newest.values()].flatMap(({ rows }) => rows);
  return [...problems, ...differences(`published totals of ${name}/${shard}`, seen, truth.totalsBelow(end))];
}

function snapshotProblems({ fold, shard, nextOffset, totals }: PublishedTotals, truth: Truth): string[] {
  const periods = new Set([ALL, ...totals.map(({ period }) => period)]);
  const should = truth.totalsBelow(nextOffset).filter(({ period }) => periods.has(period));
  return differences(`published totals of ${fold}/${shard} at ${nextOffset}`, totals, should);
}

function rejectedProblems(letters: readonly LogRecord[], from: string, shard: number, truth: Truth): string[] {
  const problems: string[] = [];
  const published = new Set<number>();
  for (const { value } of letters) {
    const { topic, partition, offset } = JSON.parse(String(value)) as { topic: string; partition: number; offset: number };
    if (topic === from && partition === shard) published.add(offset);
  }
  for (const offset of truth.rejected)
    if (!published.has(offset)) problems.push(`the reject at ${offset} of ${from}/${shard} was never published`);
  for (const offset of published)
    if (!truth.rejected.has(offset) && !truth.maybeRejected.has(offset))
      problems.push(`the record at ${offset} of ${from}/${shard} was rejected`);
  return problems;
}

function differences(what: string, are: readonly TotalRow[], should: readonly TotalRow[]): string[] {
  const [found, expected] = [totalsText(are), totalsText(should)];
  return found === expected ? [] : [`${what} are ${found}, not ${expected}`];
}

/** The totals but for what is 0: a row that came back to nothing may stay. */
function totalsText(totals: readonly TotalRow[]): string {
  return totals
    .map(({ period, name, figures }) => [`${period} ${name}:`, ...figureTexts(figures)])
    .filter(({ length }) => length > 1)
    .map((texts) => texts.join(' '))
    .toSorted()
    .join(', ');
}

function figureTexts(figures: TotalRow['figures']): string[] {
  return Object.entries(figures)
    .filter(([, figure]) => figure !== 0)
    .map(([measure, figure]) => `${figure} ${measure}`)
    .toSorted();
}
