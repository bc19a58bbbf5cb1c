/** Orders that got in and are not counted, or are counted late. */
import type { Alert } from '../alert.ts';
import { THRESHOLDS } from '../thresholds.ts';

const BUSY_SHARD = `and on (namespace, fold, shard) kaiseki_shard:fold_records:rate5m > ${THRESHOLDS.busyOrdersPerSecond}`;
const BUSY_FOLD = `and on (namespace, fold) sum by (namespace, fold) (kaiseki_shard:fold_records:rate5m) > ${THRESHOLDS.busyOrdersPerSecond}`;

/** Topics of delays: `<fold>-delay-<delay>`. */
const DELAY = '.+-delay-.+';

export const FOLD_ALERTS: readonly Alert[] = [
  {
    name: 'KaisekiLagGrowing',
    // One that catches up is left alone, however far behind it is; one that stands still is not.
    expr: `kaiseki:consumer_lag_seconds:max > ${THRESHOLDS.lag_s} and deriv(kaiseki:consumer_lag_records:sum[10m]) >= 0`,
    for: '5m',
    severity: 'critical',
    summary:
      'The group {{ $labels.group }} in {{ $labels.namespace }} is {{ $value | humanizeDuration }} behind {{ $labels.topic }} and does not catch up.',
    description: 'Orders are safe in Kafka, but segments and totals show an ever older state.',
  },
  {
    name: 'KaisekiFreshnessSlow',
    expr: `kaiseki:fold_freshness_seconds:p99_rate5m > ${THRESHOLDS.freshness_s}`,
    for: '10m',
    severity: 'warning',
    summary: '1 of 100 orders in {{ $labels.namespace }} takes longer than {{ $value | humanizeDuration }} to become visible.',
    description: 'The counter ({{ $labels.fold }}) keeps up, but its flushes take long or wait for one another.',
  },
  {
    name: 'KaisekiShardStopped',
    expr: 'max by (namespace, fold, delay, shard, kind) (kaiseki_fold_shard_alarm) > 0',
    severity: 'critical',
    summary:
      'Shard {{ $labels.shard }} of {{ with $labels.delay }}the delay {{ . }} of {{ end }}{{ $labels.fold }} in {{ $labels.namespace }} stands still: {{ $labels.kind }}.',
    description:
      'The counter found something that it must not decide by itself. The shard counts nothing until an operator mends it; no order is lost meanwhile.',
  },
  {
    name: 'KaisekiCommitsLost',
    expr: `sum by (namespace, fold) (increase(kaiseki_fold_abandons_total{reason=~"commit_refused|other_owner"}[15m])) > ${THRESHOLDS.commitsLost}`,
    severity: 'warning',
    summary: 'Counters in {{ $labels.namespace }} lost {{ $value | humanize }} commits to one another within 15 minutes.',
    description: 'Counts stay right ({{ $labels.fold }}), but work is done again and again: shards go to and fro between counters.',
  },
  {
    name: 'KaisekiHotKey',
    expr: `kaiseki_shard:fold_busiest_key:ratio > ${THRESHOLDS.hotKeyShare} ${BUSY_SHARD}`,
    for: '10m',
    severity: 'warning',
    summary: 'One user makes {{ $value | humanizePercentage }} of the orders of shard {{ $labels.shard }} in {{ $labels.namespace }}.',
    description: 'Mostly a robot or a test ({{ $labels.fold }}). Counts stay right; the shard is slower than the others if this goes on.',
  },
  {
    name: 'KaisekiPartitionSkew',
    expr: `kaiseki:fold_shard_skew:ratio > ${THRESHOLDS.shardSkew} ${BUSY_FOLD}`,
    for: '15m',
    severity: 'warning',
    summary:
      'The busiest shard of {{ $labels.fold }} in {{ $labels.namespace }} has {{ $value | humanize }} times the orders of an average one.',
    description: 'One counter works while the others wait, and more pods do not help.',
  },
  {
    name: 'KaisekiOrdersRejected',
    expr: 'sum by (namespace, fold) (increase(kaiseki_fold_records_total{outcome="rejected"}[15m])) > 0',
    severity: 'warning',
    summary: 'The counter in {{ $labels.namespace }} could not read {{ $value | humanize }} records within 15 minutes.',
    description:
      'They are in the topic order-logs-rejected with the reason, and in no count ({{ $labels.fold }}). Something else than ingest writes to the log.',
  },
  {
    name: 'KaisekiDelayOverdue',
    expr: `kaiseki:delay_overdue_seconds:max > ${THRESHOLDS.delayOverdue_s}`,
    for: '5m',
    severity: 'critical',
    summary:
      'The delay {{ $labels.delay }} of {{ $labels.fold }} in {{ $labels.namespace }} brings its records back {{ $value | humanizeDuration }} late.',
    description: 'Deadlines are missed until it catches up, but for keys that have another event meanwhile. No record is lost.',
  },
  {
    name: 'KaisekiEmissionsAstray',
    // More heard than sent is wrong at once; less is, where nothing waits in the topic any more. What has left a delay goes through
    // the fold's own topic before it is heard.
    expr: `kaiseki:fold_edge_unheard:records_offset5m < 0
or (kaiseki:fold_edge_in_transit:records{topic!~"${DELAY}"} > 0 and on (namespace, topic) kaiseki:consumer_lag_records:sum == 0)
or (
  (kaiseki:fold_edge_in_transit:records{topic=~"${DELAY}"} > 0 and on (namespace, topic) kaiseki:consumer_lag_records:sum == 0)
  unless on (namespace) kaiseki:consumer_lag_records:sum{topic!~"${DELAY}"} > 0
)`,
    for: '15m',
    severity: 'critical',
    summary:
      'Of what {{ $labels.from }} sent to {{ $labels.topic }} in {{ $labels.namespace }}, {{ $value | humanize }} records are not accounted for.',
    description:
      'Records between two folds were lost, or folded twice ({{ $labels.fold }}): a promise of the log or of the tables was broken.',
  },
];
