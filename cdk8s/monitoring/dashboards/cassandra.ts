/** Cassandra, as the Management API's metrics endpoint tells. */
import { THRESHOLDS } from '../thresholds.ts';
import { type Dashboard, IN_NAMESPACE } from './dashboard.ts';
import { figure, lines } from './panels.ts';
import { Bytes, PercentUnit, RequestsPerSecond, Seconds, Short } from './units.ts';

const REQUEST = 'org_apache_cassandra_metrics_client_request';
const TABLE = 'org_apache_cassandra_metrics_table';
/** The flush's compare-and-set is CASWrite, a claim's serial read CASRead. */
const KINDS = `${IN_NAMESPACE}, request_type=~"Read|Write|CASRead|CASWrite"`;
const EACH = '{{request_type}}';
const rate = (metric: string) => `sum by (request_type) (rate(${REQUEST}_${metric}{${KINDS}}[5m]))`;

export const CASSANDRA: Dashboard = {
  uid: 'kaiseki-cassandra',
  title: 'Kaiseki / Cassandra',
  description: 'Requests, compactions, tables and disks.',
  presence: `${REQUEST}_latency_count`,
  rows: [
    {
      title: 'Now',
      panels: [
        figure({ title: 'Nodes', unit: Short, queries: [{ expr: `sum(up{${IN_NAMESPACE}, workload="cassandra"})`, legend: 'nodes' }] }),
        figure({
          title: 'Data',
          unit: Bytes,
          queries: [{ expr: `sum(org_apache_cassandra_metrics_storage_load{${IN_NAMESPACE}})`, legend: 'all copies' }],
        }),
        figure({
          title: 'Compactions that wait',
          unit: Short,
          queries: [{ expr: `sum(org_apache_cassandra_metrics_compaction_pending_tasks{${IN_NAMESPACE}})`, legend: 'tasks' }],
        }),
      ],
    },
    {
      title: 'Requests of clients',
      panels: [
        lines({ title: 'Rate', unit: RequestsPerSecond, queries: [{ expr: rate('latency_count'), legend: EACH }] }),
        lines({
          title: 'Time-outs and refusals',
          unit: RequestsPerSecond,
          queries: [
            { expr: rate('timeouts_total'), legend: `${EACH} timed out` },
            { expr: rate('unavailables_total'), legend: `${EACH} without replicas` },
          ],
          limit: { above: THRESHOLDS.cassandraFailuresPerSecond },
        }),
        lines({
          title: 'Duration, 99 of 100',
          unit: Seconds,
          queries: [
            {
              // Buckets are microseconds since Cassandra 4.1.
              expr: `histogram_quantile(0.99, sum by (request_type, le) (rate(${REQUEST}_latency_bucket{${KINDS}}[5m]))) / 1e6`,
              legend: EACH,
            },
          ],
        }),
      ],
    },
    {
      title: 'Nodes',
      panels: [
        lines({
          title: 'Messages dropped',
          unit: 'suffix: messages/s',
          queries: [
            {
              expr: `sum by (message_type) (rate(org_apache_cassandra_metrics_dropped_message_dropped_total{${IN_NAMESPACE}}[5m])) > 0`,
              legend: '{{message_type}}',
            },
          ],
        }),
        lines({
          title: 'Compactions that wait',
          unit: Short,
          queries: [{ expr: `org_apache_cassandra_metrics_compaction_pending_tasks{${IN_NAMESPACE}}`, legend: '{{pod}}' }],
        }),
        lines({
          title: 'Heap',
          unit: Bytes,
          queries: [{ expr: `jvm_memory_used{${IN_NAMESPACE}, workload="cassandra", memory_type="heap"}`, legend: '{{pod}}' }],
        }),
        lines({
          title: 'Disk left',
          unit: PercentUnit,
          queries: [
            {
              expr: `kubelet_volume_stats_available_bytes{${IN_NAMESPACE}, persistentvolumeclaim=~"server-data-kaiseki-.+"} / kubelet_volume_stats_capacity_bytes{${IN_NAMESPACE}, persistentvolumeclaim=~"server-data-kaiseki-.+"}`,
              legend: '{{persistentvolumeclaim}}',
            },
          ],
          limit: { below: THRESHOLDS.diskFreeShare },
        }),
      ],
    },
    {
      title: 'Tables',
      panels: [
        lines({
          title: 'Size on disk, all copies',
          unit: Bytes,
          queries: [{ expr: `sum by (table) (${TABLE}_live_disk_space_used{${IN_NAMESPACE}, keyspace="kaiseki"})`, legend: '{{table}}' }],
        }),
        lines({
          title: 'SSTables of a node',
          unit: Short,
          queries: [{ expr: `max by (table) (${TABLE}_live_ss_table_count{${IN_NAMESPACE}, keyspace="kaiseki"})`, legend: '{{table}}' }],
        }),
        lines({
          title: 'Writes',
          unit: 'suffix: writes/s',
          queries: [
            { expr: `sum by (table) (rate(${TABLE}_write_latency_count{${IN_NAMESPACE}, keyspace="kaiseki"}[5m]))`, legend: '{{table}}' },
          ],
        }),
      ],
    },
  ],
};
