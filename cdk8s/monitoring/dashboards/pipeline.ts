/** The way of an order: in, through the log, into the tables. */
import { THRESHOLDS } from '../thresholds.ts';
import { type Dashboard, IN_NAMESPACE } from './dashboard.ts';
import { figure, lines } from './panels.ts';
import { OrdersPerSecond, PercentUnit, RecordsPerSecond, Seconds, Short } from './units.ts';

const AGES = ['p50', 'p99'] as const;
const ages = (level: string) => AGES.map((age) => ({ expr: `${level}:${age}_rate5m{${IN_NAMESPACE}}`, legend: age }));
const outcome = (outcomes: string) => `kaiseki:fold_records:rate5m{${IN_NAMESPACE}, outcome=~"${outcomes}"}`;

export const PIPELINE: Dashboard = {
  uid: 'kaiseki-pipeline',
  title: 'Kaiseki / Pipeline',
  description: 'Lag, freshness, flushes, redone and repeated records.',
  presence: 'kaiseki_build_info',
  rows: [
    {
      title: 'Now',
      panels: [
        figure({
          title: 'Behind',
          unit: Seconds,
          queries: [{ expr: `kaiseki:consumer_lag_seconds:max{${IN_NAMESPACE}}`, legend: '{{group}}' }],
          limit: { above: THRESHOLDS.lag_s },
        }),
        figure({
          title: 'Freshness, 99 of 100',
          unit: Seconds,
          queries: [{ expr: `kaiseki:fold_freshness_seconds:p99_rate5m{${IN_NAMESPACE}}`, legend: '{{fold}}' }],
          limit: { above: THRESHOLDS.freshness_s },
        }),
        figure({
          title: 'Shards with an owner',
          unit: Short,
          queries: [{ expr: `sum by (fold) (kaiseki_fold_shard_owned{${IN_NAMESPACE}})`, legend: '{{fold}}' }],
        }),
        figure({
          title: 'Shards that stand still',
          unit: Short,
          queries: [{ expr: `count(kaiseki_fold_shard_alarm{${IN_NAMESPACE}} > 0) or vector(0)`, legend: 'shards' }],
          limit: { above: 1 },
        }),
        figure({
          title: 'Age of the daily recount',
          unit: Seconds,
          queries: [{ expr: `time() - kube_cronjob_status_last_successful_time{${IN_NAMESPACE}, cronjob="daily"}`, legend: 'daily' }],
          limit: { above: THRESHOLDS.dailyAge_s },
        }),
      ],
    },
    {
      title: 'In',
      panels: [
        lines({
          title: 'Orders accepted',
          unit: OrdersPerSecond,
          queries: [{ expr: `kaiseki:ingest_orders_accepted:rate1m{${IN_NAMESPACE}}`, legend: 'accepted' }],
        }),
        lines({
          title: 'Orders refused',
          unit: OrdersPerSecond,
          queries: [{ expr: `kaiseki:ingest_orders_refused:rate5m{${IN_NAMESPACE}}`, legend: '{{reason}}' }],
        }),
        lines({
          title: 'Queue',
          unit: PercentUnit,
          queries: [{ expr: `kaiseki:ingest_queue:ratio{${IN_NAMESPACE}}`, legend: '{{limit}}' }],
          limit: { above: THRESHOLDS.queueShare },
        }),
      ],
    },
    {
      title: 'Lag and freshness',
      panels: [
        lines({
          title: 'Records behind',
          unit: Short,
          queries: [{ expr: `kaiseki:consumer_lag_records:sum{${IN_NAMESPACE}}`, legend: '{{group}} of {{topic}}' }],
        }),
        lines({
          title: 'Seconds behind',
          unit: Seconds,
          queries: [{ expr: `kaiseki:consumer_lag_seconds:max{${IN_NAMESPACE}}`, legend: '{{group}} of {{topic}}' }],
          limit: { above: THRESHOLDS.lag_s },
        }),
        lines({
          title: 'Freshness: accepted to visible',
          unit: Seconds,
          queries: ages('kaiseki:fold_freshness_seconds'),
          limit: { above: THRESHOLDS.freshness_s },
        }),
      ],
    },
    {
      title: 'Flushes',
      panels: [
        lines({ title: 'Duration of a flush', unit: Seconds, queries: ages('kaiseki:fold_flush_duration_seconds') }),
        lines({
          title: 'Records in a flush',
          unit: Short,
          queries: [
            {
              expr: `sum by (fold) (rate(kaiseki_fold_flush_records_sum{${IN_NAMESPACE}}[5m])) / sum by (fold) (rate(kaiseki_fold_flush_records_count{${IN_NAMESPACE}}[5m]))`,
              legend: 'mean',
            },
          ],
        }),
        lines({
          title: 'Users found in memory',
          unit: PercentUnit,
          queries: [
            {
              expr: `sum by (fold) (rate(kaiseki_fold_state_cache_hits_total{${IN_NAMESPACE}}[5m])) / (sum by (fold) (rate(kaiseki_fold_state_cache_hits_total{${IN_NAMESPACE}}[5m])) + sum by (fold) (rate(kaiseki_fold_state_cache_misses_total{${IN_NAMESPACE}}[5m])))`,
              legend: '{{fold}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'What became of the records',
      panels: [
        lines({ title: 'Counted', unit: RecordsPerSecond, queries: [{ expr: outcome('counted'), legend: '{{fold}}' }] }),
        lines({
          title: 'Redone, refused, repeated, rejected, skipped',
          description: 'None of these changes a total.',
          unit: RecordsPerSecond,
          queries: [{ expr: outcome('redone|refused|repeated|rejected|skipped'), legend: '{{outcome}}' }],
        }),
        lines({
          title: 'Claims given up within 15 minutes',
          description: 'commit_refused and other_owner are commits lost to another counter.',
          unit: Short,
          queries: [
            { expr: `sum by (reason) (increase(kaiseki_fold_abandons_total{${IN_NAMESPACE}}[15m]))`, legend: '{{reason}}' },
            { expr: `sum(increase(kaiseki_fold_claims_total{${IN_NAMESPACE}}[15m]))`, legend: 'claims won' },
          ],
          limit: { above: THRESHOLDS.commitsLost },
        }),
      ],
    },
    {
      title: 'Out',
      panels: [
        lines({
          title: 'From publication to the browsers',
          unit: Seconds,
          queries: [
            {
              expr: `histogram_quantile(0.99, sum by (le) (rate(kaiseki_live_push_seconds_bucket{${IN_NAMESPACE}}[5m])))`,
              legend: 'p99',
            },
          ],
        }),
        lines({
          title: 'Calls to the tables that failed',
          unit: Short,
          queries: [
            { expr: `sum by (operation) (rate(kaiseki_tables_operation_failures_total{${IN_NAMESPACE}}[5m]))`, legend: '{{operation}}' },
          ],
        }),
        lines({
          title: 'Calls to the log that failed',
          unit: Short,
          queries: [
            { expr: `sum by (operation) (rate(kaiseki_log_operation_failures_total{${IN_NAMESPACE}}[5m]))`, legend: '{{operation}}' },
          ],
        }),
      ],
    },
  ],
};
