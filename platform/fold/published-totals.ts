/** What a shard publishes after a commit: the compacted topic that live pages tail. */
import { z } from 'zod';
import type { TotalRow } from '#platform/tables/tables.ts';
import { recordJson } from './record-json.ts';

/** A reader keeps the highest next_offset that it has seen of each shard: an owner that lost its shard may publish late. */
export interface PublishedTotals {
  readonly fold: string;
  readonly shard: number;
  readonly nextOffset: number;
  /** All rows of period `all`, and those of the periods that the flush touched. */
  readonly totals: readonly TotalRow[];
}

const schema = z.object({
  fold: z.string(),
  shard: z.int().min(0),
  next_offset: z.int().min(0),
  totals: z.array(z.tuple([z.string(), z.string(), z.int(), z.int()])),
});

/** The value of the record: JSON whose `totals` are `[period, segment, orders, users]` each, because every flush publishes them all. */
export function encodePublishedTotals(published: PublishedTotals): string {
  return JSON.stringify({
    fold: published.fold,
    shard: published.shard,
    next_offset: published.nextOffset,
    totals: published.totals.map(({ period, segment, orders, users }) => [period, segment, orders, users]),
  });
}

/** Reads a published record; undefined where it is none. */
export function decodePublishedTotals(value: Buffer | null): PublishedTotals | undefined {
  const parsed = schema.safeParse(recordJson(value));
  if (!parsed.success) return undefined;
  const { fold, shard, next_offset, totals } = parsed.data;
  return {
    fold,
    shard,
    nextOffset: next_offset,
    totals: totals.map(([period, segment, orders, users]) => ({ period, segment, orders, users })),
  };
}
