/** How long to wait before something that failed is tried again. */

/** The first wait between two attempts, doubled each time up to `backoff_ms_max`. */
export interface Backoff {
  readonly backoff_ms_min: number;
  readonly backoff_ms_max: number;
}

export const DEFAULT_BACKOFF: Backoff = { backoff_ms_min: 50, backoff_ms_max: 5_000 };

/** The wait after the `attempt`-th failure (0 for the first), in milliseconds. */
export function backoff_ms({ backoff_ms_min, backoff_ms_max }: Backoff, attempt: number): number {
  return Math.min(backoff_ms_max, backoff_ms_min * 2 ** Math.min(attempt, 30));
}
