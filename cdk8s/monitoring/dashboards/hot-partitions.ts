/** Whether the load is spread: users within a shard, shards within the log, partitions within each table. */
import { THRESHOLDS } from '../thresholds.ts';
import { type Dashboard, IN_NAMESPACE } from './dashboard.ts';
import { figure, lines } from './panels.ts';
import { PercentUnit, RecordsPerSecond, Short } from './units.ts';

export const HOT_PARTITIONS: Dashboard = {
  uid: 'kaiseki-hot-partitions',
  title: 'Kaiseki / Hot partitions',
  description: 'The busiest users, shards and partitions. GET /api/hot of a counter names the users.',
  presence: 'kaiseki_build_info',
  rows: [
    {
      title: 'Users',
      panels: [
        figure({
          title: 'Busiest user, in its shard',
          unit: PercentUnit,
          queries: [{ expr: `max(kaiseki_shard:fold_busiest_key:ratio{${IN_NAMESPACE}})`, legend: 'share' }],
          limit: { above: THRESHOLDS.hotKeyShare },
        }),
        lines({
          title: 'Busiest user of each shard',
          description: `Says little while the shard has less than ${THRESHOLDS.busyOrdersPerSecond} orders a second.`,
          unit: PercentUnit,
          queries: [{ expr: `kaiseki_shard:fold_busiest_key:ratio{${IN_NAMESPACE}}`, legend: 'shard {{shard}}' }],
          limit: { above: THRESHOLDS.hotKeyShare },
        }),
        lines({
          title: 'Ten busiest users of each shard',
          unit: PercentUnit,
          queries: [{ expr: `max by (shard) (kaiseki_fold_top_ten_keys_ratio{${IN_NAMESPACE}})`, legend: 'shard {{shard}}' }],
        }),
      ],
    },
    {
      title: 'Shards of the log',
      panels: [
        figure({
          title: 'Busiest shard : average',
          unit: Short,
          queries: [{ expr: `kaiseki:fold_shard_skew:ratio{${IN_NAMESPACE}}`, legend: '{{fold}}' }],
          limit: { above: THRESHOLDS.shardSkew },
        }),
        lines({
          title: 'Records of each shard',
          unit: RecordsPerSecond,
          queries: [{ expr: `kaiseki_shard:fold_records:rate5m{${IN_NAMESPACE}}`, legend: 'shard {{shard}}' }],
        }),
        lines({
          title: 'Records behind, by shard',
          unit: Short,
          queries: [{ expr: `kaiseki_shard:consumer_lag_records:max{${IN_NAMESPACE}}`, legend: 'shard {{partition}}' }],
        }),
      ],
    },
    {
      title: 'Partitions of the tables',
      panels: [
        lines({
          title: 'Busiest partition of each table',
          description:
            'Share of the rows that one counter wrote in the last minute. A counter with n shards writes 1/n of order_log and shard_totals to each.',
          unit: PercentUnit,
          queries: [{ expr: `max by (table) (kaiseki_tables_busiest_partition_ratio{${IN_NAMESPACE}})`, legend: '{{table}}' }],
        }),
        lines({
          title: 'Rows written',
          unit: 'suffix: rows/s',
          queries: [{ expr: `sum by (table) (rate(kaiseki_tables_rows_written_total{${IN_NAMESPACE}}[5m]))`, legend: '{{table}}' }],
        }),
      ],
    },
  ],
};
