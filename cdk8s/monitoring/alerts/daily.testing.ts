import type { Scenario } from '../alert.testing.ts';

const kaiseki = { namespace: 'kaiseki' };
const cronJob = (metric: string) => `kube_cronjob_${metric}{namespace="kaiseki",cronjob="daily"}`;
const ofJob = (metric: string, labels: string) => `kube_job_${metric}{namespace="kaiseki",job_name="daily-29384650",${labels}}`;
/** promtool's clock starts at 0: this is 27 hours before a minute past that. */
const LONG_AGO = '-97140x10';
const OLD = 'The last daily recount in kaiseki that ended well is 1d 3h 0m 0s old.';
/** Samples of 28 hours. */
const LONG = 28 * 120;

/** What kube-state-metrics tells of a Job that failed for one of the reasons that Kubernetes gives by itself. */
const failedFor = (known: string) =>
  Object.fromEntries(
    ['BackoffLimitExceeded', 'DeadlineExceeded', 'Evicted'].map((reason) => [
      ofJob('status_failed', `reason="${reason}"`),
      `${reason === known ? 1 : 0}x20`,
    ]),
  );
const driftDescription = (job: string) =>
  `The audit of the daily recount (${job}) found a difference. Every order should be counted exactly once: this is a bug, or damage to the tables.`;

export const DAILY_SCENARIOS: readonly Scenario[] = [
  {
    alert: 'KaisekiDailyLate',
    given: 'no success since yesterday',
    samples: { [cronJob('status_last_successful_time')]: LONG_AGO, [cronJob('created')]: '-200000x10' },
    at: '1m',
    fires: [{ labels: kaiseki, summary: OLD }],
  },
  {
    alert: 'KaisekiDailyLate',
    given: 'never a success since it was installed',
    samples: { [cronJob('created')]: LONG_AGO },
    at: '1m',
    fires: [{ labels: kaiseki, summary: OLD }],
  },
  {
    alert: 'KaisekiDailyLate',
    given: 'kaiseki all tells of itself',
    samples: { 'kaiseki_daily_last_success_timestamp_seconds{namespace="kaiseki",pod="all"}': `60x${LONG}` },
    at: '27h1m',
    fires: [{ labels: kaiseki, summary: OLD }],
  },
  {
    alert: 'KaisekiDailyLate',
    given: 'it succeeded last night; workloads that never run it report 0',
    samples: {
      [cronJob('status_last_successful_time')]: '-3600x10',
      [cronJob('created')]: '-200000x10',
      'kaiseki_daily_last_success_timestamp_seconds{namespace="kaiseki",pod="counter-1"}': '0x10',
    },
    at: '1m',
    fires: [],
  },
  {
    alert: 'KaisekiAuditDrift',
    given: 'the Job failed by its policy: it ended with drift',
    samples: { ...failedFor('none'), [ofJob('status_failed', 'reason=""')]: '1x20', [ofJob('failed', 'condition="true"')]: '1x20' },
    at: '1m',
    fires: [
      {
        labels: { ...kaiseki, job_name: 'daily-29384650' },
        summary: 'The live totals in kaiseki differ from a recount of the orders.',
        description: driftDescription('daily-29384650'),
      },
    ],
  },
  {
    alert: 'KaisekiAuditDrift',
    given: 'the recount of kaiseki all found a difference',
    samples: { 'kaiseki_audit_drift_orders{namespace="kaiseki",fold="orders",pod="all"}': '2x20' },
    at: '1m',
    fires: [
      { labels: kaiseki, summary: 'The live totals in kaiseki differ from a recount of the orders.', description: driftDescription('') },
    ],
  },
  {
    alert: 'KaisekiAuditDrift',
    given: 'the Job could not end: nothing was found',
    samples: { ...failedFor('BackoffLimitExceeded'), [ofJob('failed', 'condition="true"')]: '1x20' },
    at: '1m',
    fires: [],
  },
  {
    alert: 'KaisekiAuditDrift',
    given: 'an attempt failed, and the Job tries again',
    samples: { [ofJob('status_failed', 'reason=""')]: '1x20' },
    at: '1m',
    fires: [],
  },
  {
    alert: 'KaisekiAuditDrift',
    given: 'no difference',
    samples: { 'kaiseki_audit_drift_orders{namespace="kaiseki",fold="orders",pod="all"}': '0x20' },
    at: '1m',
    fires: [],
  },
];
