/** The tables of the order stream, and where a user stands in them. The same as in cql/, which is the source for Cassandra. */
import { hashKey } from '#platform/log/partition.ts';
import { defineTable } from '#platform/tables/tables.ts';

/**
 * A user's orders but the last ones, which are in the user's row; the last counted first. A row is a page of eight or more
 * (order-pages.ts); `offset` is the last of them.
 */
export const rawOrders = defineTable({
  name: 'raw_orders',
  columns: { bucket: 'int', user_id: 'text', offset: 'bigint', orders: 'text' },
  partitionKey: ['bucket'],
  clusteringKey: ['user_id', 'offset'],
  descending: ['offset'],
});

/** What makes each order on a page of raw_orders one, by user and span of time (past-orders.ts): where an order that may repeat one of them is looked up. */
export const pastOrders = defineTable({
  name: 'past_orders',
  columns: { bucket: 'int', user_id: 'text', span: 'text', offset: 'bigint', identities: 'text' },
  partitionKey: ['bucket'],
  clusteringKey: ['user_id', 'span', 'offset'],
});

/** A page of the fold for each user (user-row.ts): its lsn vouches for everything below it. */
export const userCounts = defineTable({
  name: 'user_counts',
  columns: { bucket: 'int', user_id: 'text', page: 'text' },
  partitionKey: ['bucket'],
  clusteringKey: ['user_id'],
});

/** Who is in a segment. */
export const segmentMembers = defineTable({
  name: 'segment_members',
  columns: { segment: 'text', shard: 'int', user_id: 'text' },
  partitionKey: ['segment', 'shard'],
  clusteringKey: ['user_id'],
});

/**
 * Every counted order by its place in the log, in partitions of bounded size: what the daily job reads. A row is a page
 * of the orders that one flush counted (order-pages.ts); `offset` is the first of them.
 */
export const orderLog = defineTable({
  name: 'order_log',
  columns: { shard: 'int', chunk: 'bigint', offset: 'bigint', epoch: 'bigint', orders: 'text' },
  partitionKey: ['shard', 'chunk'],
  clusteringKey: ['offset', 'epoch'],
});

/** Which chunks of the order log hold a day's orders. */
export const dayChunks = defineTable({
  name: 'day_chunks',
  columns: { day: 'date', shard: 'int', chunk: 'bigint' },
  partitionKey: ['day', 'shard'],
  clusteringKey: ['chunk'],
});

/** Orders of a day by menu type, recounted by the daily job. */
export const dailySummary = defineTable({
  name: 'daily_summary',
  columns: { month: 'text', order_date: 'date', segment: 'text', total_count: 'bigint', computed_at: 'timestamp' },
  partitionKey: ['month'],
  clusteringKey: ['order_date', 'segment'],
});

/** Offsets in one chunk of the order log. */
export const CHUNK_OFFSETS = 131_072;

/** The chunk of the order log that holds an offset. */
export function chunkOf(offset: number): number {
  return Math.floor(offset / CHUNK_OFFSETS);
}

/** How users are spread: fixed for the life of a generation of the system. `buckets` is a multiple of `shards`. */
export interface Layout {
  readonly shards: number;
  readonly buckets: number;
}

/** The shard and the bucket of a user. A bucket belongs to one shard. */
export function placeOf(userId: string, layout: Layout): { readonly shard: number; readonly bucket: number } {
  const hash = hashKey(userId);
  return { shard: hash % layout.shards, bucket: hash % layout.buckets };
}

/** The partition of `daily_summary` that holds a day. */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}
