/** What a daily run found: as JSON it is the answer of `kaiseki daily --json`. */
import type { Difference } from './daily-audit.ts';

/** What `kaiseki daily` exits with when the recount ended and the live totals differ from it: to try again mends nothing. */
export const DRIFT_EXIT_CODE = 3;

export interface DailyReport {
  readonly time_zone: string;
  /** When the totals were read (RFC 3339): orders counted later are not in it. */
  readonly read_at: string;
  readonly duration_s: number;
  readonly days: readonly DayReport[];
  /**
   * Orders by which the live totals are wrong: those of the days, or those of all time where that is more. A wrong day
   * mostly shows in both. Anything but 0 fails the run.
   */
  readonly drift: number;
  /** Orders by which the live totals of all time are not the sum of the days' live totals. */
  readonly drift_all_time: number;
  /** Where they differ, the first hundred. */
  readonly differences: readonly Difference[];
}

export interface DayReport {
  readonly date: string;
  /** Orders by menu type. */
  readonly totals: Readonly<Record<string, number>>;
  /** Orders by which the live totals of the day differ from the recount. */
  readonly drift: number;
}
