/** The limits of one shard's owner. Memory is bounded by cachedStates + flushRecords states a shard. */
export interface FoldLimits {
  /** Records folded by one flush at the most. More cost less each: a key's row is written once a flush. */
  readonly flushRecords: number;
  /** The least time between the starts of two flushes that are not full, in milliseconds. */
  readonly linger_ms: number;
  /** States kept between flushes. */
  readonly cachedStates: number;
  /** Periods (days) whose totals are kept between flushes. */
  readonly cachedPeriods: number;
  /** How often a write or commit without an answer is sent before everything is forgotten and the shard claimed again. */
  readonly attempts: number;
  /** The first wait between two attempts, doubled each time up to `backoff_ms_max`. */
  readonly backoff_ms_min: number;
  readonly backoff_ms_max: number;
}

export const DEFAULT_FOLD_LIMITS: FoldLimits = {
  flushRecords: 2_500,
  linger_ms: 200,
  cachedStates: 2_500,
  cachedPeriods: 64,
  attempts: 8,
  backoff_ms_min: 50,
  backoff_ms_max: 5_000,
};

/** The wait after the `attempt`-th failure (0 for the first), in milliseconds. */
export function backoff_ms(limits: FoldLimits, attempt: number): number {
  return Math.min(limits.backoff_ms_max, limits.backoff_ms_min * 2 ** Math.min(attempt, 30));
}
