/** What an owner wrote, in the words of a case (given.testing.ts). */
import type { NewRecord } from '#platform/log/log.ts';
import type { Mutation, TotalRow } from '#platform/tables/tables.ts';
import { originOf } from './cause.ts';
import type { TotalChange } from './definition.ts';
import { EDGES } from './edges.ts';
import { arrived, type Written } from './one-shard.testing.ts';
import type { FlushReport } from './outcome.ts';

export type Outcome = 'counted' | 'refused' | 'repeated' | 'rejected';

/** What was written for one record, at `offset`. Emissions are in the order in which the fold returned them. */
export function shown({ report, rows, emitted, rejected }: Written, offset: number) {
  const sent = emitted
    .map(({ topic, record }) => ({ topic, key: record.key, value: plain(record.value), origin: originIn(record) }))
    .sort((one, other) => one.origin.cause.n - other.origin.cause.n);
  return {
    outcome: outcomeOf(report),
    rows: rows.map((mutation) => shownRow(mutation, offset)),
    emits: sent.flatMap(({ topic, key, value, origin }) => (origin.timer ? [] : [{ topic, key, value }])),
    after: sent.flatMap(({ key, value, origin: { timer: put } }) => (put ? [{ delay: put.delay, key, value }] : [])),
    ...(rejected[0] && { reason: JSON.parse(String(rejected[0].value)).reason as unknown }),
  };
}

function outcomeOf(report: FlushReport | undefined): Outcome | 'skipped' | undefined {
  if (!report) return undefined;
  if (report.counted.length > 0) return 'counted';
  return (['refused', 'repeated', 'rejected', 'skipped'] as const).find((outcome) => report[outcome] > 0);
}

function shownRow(mutation: Mutation, offset: number): object {
  const content = mutation.kind === 'put' ? { row: mutation.row } : { removed: mutation.key };
  return { table: mutation.table.name, ...content, ...(mutation.version !== offset && { version: mutation.version }) };
}

/** What figures rose by; those that stand are left out, as is what the engine counts for itself. */
export function added(before: readonly TotalChange[], after: readonly TotalChange[]): TotalChange[] {
  const sums = new Map<string, { period: string; name: string; figures: Record<string, number> }>();
  for (const [sign, totals] of [
    [-1, before],
    [1, after],
  ] as const)
    for (const { period, name, figures } of totals) {
      const sum = sums.get(`${period}/${name}`) ?? { period, name, figures: {} };
      sums.set(`${period}/${name}`, sum);
      for (const measure in figures) sum.figures[measure] = (sum.figures[measure] ?? 0) + sign * (figures[measure] ?? 0);
    }
  const risen = [...sums.values()].map(({ figures, ...total }) => ({ ...total, figures: withoutZeros(figures) }));
  return sorted(risen.filter(({ period, figures }) => period !== EDGES && Object.keys(figures).length > 0));
}

function withoutZeros(figures: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).filter(([, figure]) => figure !== 0));
}

export function sorted<Total extends Pick<TotalRow, 'period' | 'name'>>(totals: readonly Total[]): Total[] {
  const text = ({ period, name }: Total) => JSON.stringify([period, name]);
  return totals.toSorted((one, other) => (text(one) < text(other) ? -1 : 1));
}

function originIn(record: NewRecord) {
  const origin = originOf(arrived(record, 0));
  if (!origin) throw new Error('an emission has no cause');
  return origin;
}

/** A value as what it says in JSON; a text that is none stays one. */
export function plain(value: unknown): unknown {
  if (typeof value !== 'string' && !(value instanceof Uint8Array)) return value;
  const text = Buffer.from(value).toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
