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
  /** Orders by which the live totals differ from the recount; anything but 0 fails the run. */
  readonly drift: number;
  /** Where they differ, the first hundred. */
  readonly differences: readonly Difference[];
}

export interface DayReport {
  readonly date: string;
  /** Orders by menu type. */
  readonly totals: Readonly<Record<string, number>>;
  readonly drift: number;
}
