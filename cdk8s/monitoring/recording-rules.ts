/**
 * What alerts and dashboards share, computed once. Names are `level:metric:operations`: `kaiseki` is a whole release,
 * `kaiseki_shard`, `kaiseki_workload`, `kaiseki_segment` one of its shards, workloads, segments. Every rule keeps the
 * namespace, so that releases beside each other stay apart.
 */

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** Requests of clients; the probes' and Prometheus' own say nothing about them. */
const REQUESTS = 'route!~"/livez|/readyz|/metrics"';
/** Orders that were good but not taken. */
const NOT_TAKEN = 'kaiseki_ingest_orders_refused_total{reason=~"overload|unconfirmed"}';

const ingest: readonly RecordingRule[] = [
  { record: 'kaiseki:ingest_orders_accepted:rate1m', expr: 'sum by (namespace) (rate(kaiseki_ingest_orders_accepted_total[1m]))' },
  { record: 'kaiseki:ingest_orders_refused:rate5m', expr: 'sum by (namespace, reason) (rate(kaiseki_ingest_orders_refused_total[5m]))' },
  {
    record: 'kaiseki:ingest_orders_not_taken:ratio_rate5m',
    expr: `sum by (namespace) (rate(${NOT_TAKEN}[5m]))
/ (sum by (namespace) (rate(${NOT_TAKEN}[5m])) + sum by (namespace) (rate(kaiseki_ingest_orders_accepted_total[5m])))`,
  },
  {
    record: 'kaiseki:ingest_queue:ratio',
    expr: `max by (namespace, limit) (
  label_replace(kaiseki_ingest_queue_orders / (kaiseki_ingest_queue_limit_orders > 0), "limit", "orders", "", "")
  or label_replace(kaiseki_ingest_queue_bytes / (kaiseki_ingest_queue_limit_bytes > 0), "limit", "bytes", "", "")
)`,
  },
];

const lag: readonly RecordingRule[] = [
  {
    record: 'kaiseki_shard:consumer_lag_records:max',
    expr: 'max by (namespace, topic, group, partition) (kaiseki_consumer_lag_records)',
  },
  {
    record: 'kaiseki:consumer_lag_records:sum',
    expr: 'sum by (namespace, topic, group) (kaiseki_shard:consumer_lag_records:max)',
  },
  {
    record: 'kaiseki:consumer_lag_seconds:max',
    expr: 'max by (namespace, topic, group) (kaiseki_consumer_lag_seconds)',
  },
];

const fold: readonly RecordingRule[] = [
  {
    // What a shard has sent or heard only grows, whoever owns the shard: the highest value is the newest. It also stands for the
    // minutes in which the shard goes from one owner to the next and nobody shows it: without it the sum would lack the shard.
    record: 'kaiseki_shard:fold_edge_records:max',
    expr: 'max by (namespace, fold, shard, kind, from, topic) (max_over_time(kaiseki_fold_edge_records[15m]))',
  },
  {
    // Both sides are exact: each record is sent once and heard once.
    record: 'kaiseki:fold_edge_unheard:records',
    expr: `sum by (namespace, from, topic) (kaiseki_shard:fold_edge_records:max{kind="sent"})
- on (namespace, from, topic) group_right ()
  sum by (namespace, from, topic, fold) (kaiseki_shard:fold_edge_records:max{kind="heard"})`,
  },
  {
    // Below 0 more was heard than sent. Two processes are scraped at different times, so what was heard is that of 5 minutes ago:
    // it was sent by now, however old the sender's figure is. Records heard twice show once the edge is quieter than they are many.
    record: 'kaiseki:fold_edge_unheard:records_offset5m',
    expr: `sum by (namespace, from, topic) (kaiseki_shard:fold_edge_records:max{kind="sent"})
- on (namespace, from, topic) group_right ()
  sum by (namespace, from, topic, fold) (kaiseki_shard:fold_edge_records:max{kind="heard"} offset 5m)`,
  },
  {
    // What is rejected is counted each time it arrives, so it only explains what was not heard.
    record: 'kaiseki:fold_edge_in_transit:records',
    expr: `kaiseki:fold_edge_unheard:records
- on (namespace, from, topic, fold) (
  sum by (namespace, from, topic, fold) (kaiseki_shard:fold_edge_records:max{kind="rejected"})
  or 0 * kaiseki:fold_edge_unheard:records
)`,
  },
  {
    record: 'kaiseki:delay_overdue_seconds:max',
    expr: 'max by (namespace, fold, delay) (kaiseki_delay_overdue_seconds)',
  },
  { record: 'kaiseki:fold_records:rate5m', expr: 'sum by (namespace, fold, outcome) (rate(kaiseki_fold_records_total[5m]))' },
  ...['0.5', '0.99'].flatMap((quantile) => [
    percentile('kaiseki:fold_freshness_seconds', 'kaiseki_fold_freshness_seconds', quantile, 'namespace, fold'),
    percentile('kaiseki:fold_flush_duration_seconds', 'kaiseki_fold_flush_duration_seconds', quantile, 'namespace, fold'),
  ]),
  { record: 'kaiseki_shard:fold_next_offset:max', expr: 'max by (namespace, fold, shard) (kaiseki_fold_next_offset)' },
  // A shard's offset only grows, whoever owns the shard: its slope is the shard's rate, over owners that come and go.
  { record: 'kaiseki_shard:fold_records:rate5m', expr: 'deriv(kaiseki_shard:fold_next_offset:max[5m])' },
  {
    record: 'kaiseki:fold_shard_skew:ratio',
    expr: 'max by (namespace, fold) (kaiseki_shard:fold_records:rate5m) / avg by (namespace, fold) (kaiseki_shard:fold_records:rate5m)',
  },
  { record: 'kaiseki_shard:fold_busiest_key:ratio', expr: 'max by (namespace, fold, shard) (kaiseki_fold_busiest_key_ratio)' },
];

const http: readonly RecordingRule[] = [
  {
    record: 'kaiseki_workload:http_requests:rate5m',
    expr: `sum by (namespace, workload, status) (rate(kaiseki_http_requests_total{${REQUESTS}}[5m]))`,
  },
  {
    record: 'kaiseki_workload:http_errors:ratio_rate5m',
    // 0 where there was no error yet, rather than nothing.
    expr: `(
  sum by (namespace, workload) (kaiseki_workload:http_requests:rate5m{status="5xx"})
  or 0 * sum by (namespace, workload) (kaiseki_workload:http_requests:rate5m)
)
/ sum by (namespace, workload) (kaiseki_workload:http_requests:rate5m)`,
  },
  ...['0.5', '0.99'].map((quantile) =>
    percentile(
      'kaiseki_workload:http_request_duration_seconds',
      'kaiseki_http_request_duration_seconds',
      quantile,
      'namespace, workload',
      REQUESTS,
    ),
  ),
];

const business: readonly RecordingRule[] = [
  // Every `live` knows the totals of all shards; the one that heard the latest has the most.
  { record: 'kaiseki_segment:orders:max', expr: 'max by (namespace, dimension, segment) (kaiseki_segment_orders)' },
  { record: 'kaiseki_segment:users:max', expr: 'max by (namespace, dimension, segment) (kaiseki_segment_users)' },
];

/** Groups are evaluated beside each other, the rules of a group one after the other. */
export const RECORDING_RULES: Readonly<Record<string, readonly RecordingRule[]>> = { ingest, lag, fold, http, business };

function percentile(level: string, histogram: string, quantile: string, by: string, matchers = ''): RecordingRule {
  const selector = matchers === '' ? '' : `{${matchers}}`;
  return {
    record: `${level}:p${Math.round(Number(quantile) * 100)}_rate5m`,
    expr: `histogram_quantile(${quantile}, sum by (${by}, le) (rate(${histogram}_bucket${selector}[5m])))`,
  };
}
