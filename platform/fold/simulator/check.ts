/** Holds what a history left behind against a recount of its log: every total, every row, every published and every rejected record. */
import type { NewRecord } from '#platform/log/log.ts';
import type { TableDefinition, TotalRow } from '#platform/tables/tables.ts';
import { decodePublishedTotals, type PublishedTotals } from '../published-totals.ts';
import { ALL } from '../totals.ts';
import type { Columns } from './memory-tables.ts';
import type { ExpectedRow, SimulatedSystem, Truth } from './system.ts';
import { textOf } from './text.ts';
import { endOf, type World } from './world.ts';

/** Topics of the fold under test. */
export interface Topics {
  readonly rejected: string;
  readonly totals: string;
}

/** What the check needs to know of a system. */
type Judge = Pick<SimulatedSystem<never, never, never>, 'recount' | 'factsOf'>;

/** What is wrong, one line each; empty when everything is as the recount says. */
export function check(world: World, topics: Topics, { recount, factsOf }: Judge): string[] {
  const problems: string[] = [];
  const expected = new Map<string, ExpectedRow>();
  for (const simulated of world.shards) {
    const { shard, log, groupOffset } = simulated;
    const end = endOf(simulated);
    const state = world.tables.readShard({ fold: world.fold, shard }, 'every');
    const truth = recount(log, shard, state.fingerprint ?? '');
    if (state.nextOffset !== end) problems.push(`next_offset of shard ${shard} is ${state.nextOffset}, of ${end}`);
    if ((groupOffset ?? 0) > state.nextOffset) problems.push(`the group stands beyond next_offset in shard ${shard}`);
    problems.push(
      ...differences(`totals of shard ${shard}`, state.totals, truth.totalsBelow(end)),
      ...publishedProblems(world.topic(topics.totals), shard, end, truth),
      ...rejectedProblems(world.topic(topics.rejected), shard, truth),
    );
    for (const row of truth.rows) expected.set(rowText(row.table, row.columns), row);
  }
  problems.push(...rowProblems(world, expected, factsOf));
  return problems;
}

function rowProblems(world: World, expected: ReadonlyMap<string, ExpectedRow>, factsOf: Judge['factsOf']): string[] {
  const problems: string[] = [];
  const found = new Set<string>();
  for (const { table, row, version } of factsOf(world.tables.rows())) {
    const { lsn, ...columns } = row;
    const text = rowText(table, columns);
    found.add(text);
    const should = expected.get(text);
    if (!should) problems.push(`a row too many: ${text}`);
    else if (should.lsn && (lsn !== version || version < should.lsn.from || version > should.lsn.to))
      problems.push(`${text} is at lsn ${lsn}, version ${version}, not from ${should.lsn.from} to ${should.lsn.to}`);
  }
  for (const text of expected.keys()) if (!found.has(text)) problems.push(`a row is missing: ${text}`);
  return problems;
}

function rowText(table: TableDefinition, columns: Columns): string {
  return `${table.name} ${textOf(columns)}`;
}

/** Whatever was published is the recount up to its next_offset, and a reader that keeps each period's highest ends with the truth. */
function publishedProblems(records: readonly NewRecord[], shard: number, end: number, truth: Truth): string[] {
  const problems: string[] = [];
  const checked = new Set<string>();
  const newest = new Map<string, { readonly nextOffset: number; readonly rows: readonly TotalRow[] }>();
  for (const { value } of records) {
    const text = String(value);
    if (checked.has(text)) continue;
    checked.add(text);
    const published = decodePublishedTotals(Buffer.from(text));
    if (!published) problems.push(`a record of the totals cannot be read: ${text}`);
    if (published?.shard !== shard) continue;
    problems.push(...snapshotProblems(published, truth));
    for (const [period, rows] of Map.groupBy(published.totals, (row) => row.period)) {
      if (published.nextOffset >= (newest.get(period)?.nextOffset ?? 0)) newest.set(period, { nextOffset: published.nextOffset, rows });
    }
  }
  const seen = [...newest.values()].flatMap(({ rows }) => rows);
  return [...problems, ...differences(`published totals of shard ${shard}`, seen, truth.totalsBelow(end))];
}

function snapshotProblems({ shard, nextOffset, totals }: PublishedTotals, truth: Truth): string[] {
  const periods = new Set([ALL, ...totals.map(({ period }) => period)]);
  const should = truth.totalsBelow(nextOffset).filter(({ period }) => periods.has(period));
  return differences(`published totals of shard ${shard} at ${nextOffset}`, totals, should);
}

function rejectedProblems(letters: readonly NewRecord[], shard: number, truth: Truth): string[] {
  const problems: string[] = [];
  const published = new Set<number>();
  for (const { value } of letters) {
    const { partition, offset } = JSON.parse(String(value)) as { partition: number; offset: number };
    if (partition === shard) published.add(offset);
  }
  for (const offset of truth.rejected)
    if (!published.has(offset)) problems.push(`the reject at ${offset} of shard ${shard} was never published`);
  for (const offset of published)
    if (!truth.rejected.has(offset) && !truth.maybeRejected.has(offset))
      problems.push(`the record at ${offset} of shard ${shard} was rejected`);
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
