/** The daily recount. In a cluster it is a Job that ends: kube-state-metrics tells of it. In `kaiseki all` it tells of itself. */
import type { Alert } from '../alert.ts';
import { THRESHOLDS } from '../thresholds.ts';

export const DAILY_ALERTS: readonly Alert[] = [
  {
    name: 'KaisekiDailyLate',
    expr: `time() - max by (namespace) (
  kube_cronjob_status_last_successful_time{cronjob="daily"} or kube_cronjob_created{cronjob="daily"}
) > ${THRESHOLDS.dailyAge_s}
or time() - max by (namespace) (kaiseki_daily_last_success_timestamp_seconds > 0) > ${THRESHOLDS.dailyAge_s}`,
    severity: 'warning',
    summary: 'The last daily recount in {{ $labels.namespace }} that ended well is {{ $value | humanizeDuration }} old.',
    description: 'Daily summaries are missing or old, and the live totals have not been audited since.',
  },
  {
    name: 'KaisekiAuditDrift',
    // A Job that fails by its policy has none of the reasons that Kubernetes gives by itself: it ended with drift (cdk8s/daily.ts).
    expr: `max by (namespace) (kaiseki_audit_drift_orders) > 0
or max by (namespace, job_name) (
  kube_job_failed{job_name=~"daily-.+", condition="true"} == 1
  and on (namespace, job_name) kube_job_status_failed{reason!~"BackoffLimitExceeded|DeadlineExceeded|Evicted"} > 0
)`,
    severity: 'critical',
    summary: 'The live totals in {{ $labels.namespace }} differ from a recount of the orders.',
    description:
      'The audit of the daily recount ({{ $labels.job_name }}) found a difference. Every order should be counted exactly once: this is a bug, or damage to the tables.',
  },
];
