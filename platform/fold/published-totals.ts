/** What a shard publishes after a commit: the compacted topic that live pages tail. */
import { z } from 'zod';
import type { TotalRow } from '#platform/tables/tables.ts';
import { recordJson } from './record-json.ts';

/**
 * A reader keeps the highest next_offset that it has seen of each shard and period: an owner that lost its shard may publish late, and
 * much is published in several records.
 */
export interface PublishedTotals {
  readonly fold: string;
  readonly shard: number;
  readonly nextOffset: number;
  /** All rows of some periods. A flush publishes `all` and the periods that it touched. */
  readonly totals: readonly TotalRow[];
}

/** Far below what a log takes in one record. */
export const PART_BYTES_MAX = 256 * 1024;

const schema = z
  .object({
    fold: z.string(),
    shard: z.int().min(0),
    next_offset: z.int().min(0),
    measures: z.array(z.string()),
    totals: z.array(z.tuple([z.string(), z.string()], z.int().nullable())),
  })
  .refine(({ measures, totals }) => totals.every((total) => total.length === 2 + measures.length));

/**
 * The value of the record: JSON whose `totals` are `[period, name, figure, …]` each, the figures in the order of `measures`, null
 * where a row has none. With the measures named in each row it would hold a third fewer.
 */
export function encodePublishedTotals({ fold, shard, nextOffset, totals }: PublishedTotals): string {
  const measures = [...new Set(totals.flatMap(({ figures }) => Object.keys(figures)))];
  const rows = totals.map(({ period, name, figures }) => [
    period,
    name,
    ...measures.map((measure) => (Object.hasOwn(figures, measure) ? figures[measure] : null)),
  ]);
  return JSON.stringify({ fold, shard, next_offset: nextOffset, measures, totals: rows });
}

/** The values of as many records as it takes to keep each below PART_BYTES_MAX. A period is never cut: it has so many names at the most. */
export function encodeInParts(published: PublishedTotals): string[] {
  const whole = encodePublishedTotals(published);
  if (Buffer.byteLength(whole) <= PART_BYTES_MAX) return [whole];
  const periods = [...Map.groupBy(published.totals, ({ period }) => period).values()];
  if (periods.length === 1) return [whole];
  const middle = Math.ceil(periods.length / 2);
  return [periods.slice(0, middle), periods.slice(middle)].flatMap((half) => encodeInParts({ ...published, totals: half.flat() }));
}

/** Reads a published record; undefined where it is none. */
export function decodePublishedTotals(value: Buffer | null): PublishedTotals | undefined {
  const parsed = schema.safeParse(recordJson(value));
  if (!parsed.success) return undefined;
  const { fold, shard, next_offset, measures, totals } = parsed.data;
  return {
    fold,
    shard,
    nextOffset: next_offset,
    totals: totals.map(([period, name, ...figures]) => ({ period, name, figures: figuresOf(measures, figures) })),
  };
}

function figuresOf(measures: readonly string[], figures: readonly (number | null)[]): TotalRow['figures'] {
  return Object.fromEntries(measures.map((measure, index) => [measure, figures[index]]).filter(([, figure]) => figure !== null));
}
