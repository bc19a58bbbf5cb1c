/** The daily recount and its audit. */
import type { Declarations } from '#platform/metrics/declare.ts';

export function declareDailyMetrics(declare: Declarations) {
  return {
    runs: declare.counter(
      'kaiseki_daily_runs_total',
      ['outcome'],
      'Runs of the daily recount: success, drift (it ended, and the audit found a difference), failure (it could not end).',
    ),
    lastSuccess: declare.gauge(
      'kaiseki_daily_last_success_timestamp_seconds',
      [],
      'When the last run without drift ended, in seconds since the epoch; 0 before the first.',
    ),
    duration: declare.gauge('kaiseki_daily_duration_seconds', [], 'How long the last run took.'),
    drift: declare.gauge(
      'kaiseki_audit_drift_orders',
      ['fold'],
      'Orders by which the live totals differ from a recount, summed over the shards and menu types, and over the days of the last run; or those of all time from their days, where that is more. Anything but 0 is a bug or damage.',
    ),
  };
}
