import { type Backoff, DEFAULT_BACKOFF } from '#platform/clock/backoff.ts';

/**
 * The limits of one shard's owner, and its waits between attempts. What all shards of a process may hold together is its
 * budget (budget.ts); beside that, each shard that waits for room holds flushRecords records.
 */
export interface FoldLimits extends Backoff {
  /** Records folded by one flush at the most. More cost less each: a key's row is written once a flush. */
  readonly flushRecords: number;
  /**
   * How long a record waits at the most until what it changes is written, in milliseconds, while nothing is behind and a
   * flush takes no more than a quarter of it: flushes that are not full start so long after one another, less what slow ones take
   * of late (FlushTime), or less that quarter.
   */
  readonly linger_ms: number;
  /** Pages kept between flushes, where the budget leaves so many to the shard. */
  readonly cachedPages: number;
  /** Periods (days) whose totals are kept between flushes. */
  readonly cachedPeriods: number;
  /** How often a write or commit without an answer is sent before everything is forgotten and the shard claimed again. */
  readonly attempts: number;
}

/** Names that the totals of a shard have in one period, at the most: each flush publishes all of them, and they stay in memory. */
export const NAMES_MAX = 256;

export const DEFAULT_FOLD_LIMITS: FoldLimits = {
  ...DEFAULT_BACKOFF,
  flushRecords: 2_500,
  linger_ms: 200,
  cachedPages: 2_500,
  cachedPeriods: 64,
  attempts: 8,
};
