/** Kafka, as the Strimzi Metrics Reporter tells. */
import { THRESHOLDS } from '../thresholds.ts';
import { type Dashboard, IN_NAMESPACE } from './dashboard.ts';
import { figure, lines } from './panels.ts';
import { Bytes, BytesPerSecond, PercentUnit, RecordsPerSecond, RequestsPerSecond, Short } from './units.ts';

const topics = (metric: string) => `sum by (topic) (rate(kafka_server_brokertopicmetrics_${metric}{${IN_NAMESPACE}, topic!=""}[5m]))`;

export const KAFKA: Dashboard = {
  uid: 'kaiseki-kafka',
  title: 'Kaiseki / Kafka',
  description: 'Brokers, partitions, topics and disks.',
  presence: 'kafka_server_replicamanager_partitioncount',
  rows: [
    {
      title: 'Now',
      panels: [
        figure({
          title: 'Brokers',
          unit: Short,
          queries: [{ expr: `count(kafka_server_replicamanager_leadercount{${IN_NAMESPACE}})`, legend: 'brokers' }],
        }),
        figure({
          title: 'Active controllers',
          unit: Short,
          queries: [{ expr: `sum(kafka_controller_kafkacontroller_activecontrollercount{${IN_NAMESPACE}})`, legend: 'controllers' }],
          limit: { below: 1 },
        }),
        figure({
          title: 'Partitions without a leader',
          unit: Short,
          queries: [{ expr: `max(kafka_controller_kafkacontroller_offlinepartitionscount{${IN_NAMESPACE}})`, legend: 'partitions' }],
          limit: { above: 1 },
        }),
        figure({
          title: 'Below min.insync.replicas',
          unit: Short,
          queries: [{ expr: `sum(kafka_cluster_partition_underminisr{${IN_NAMESPACE}})`, legend: 'partitions' }],
          limit: { above: 1 },
        }),
        figure({
          title: 'Lacking a copy',
          unit: Short,
          queries: [{ expr: `sum(kafka_server_replicamanager_underreplicatedpartitions{${IN_NAMESPACE}})`, legend: 'partitions' }],
          limit: { above: 1 },
        }),
      ],
    },
    {
      title: 'Topics',
      panels: [
        lines({ title: 'Records in', unit: RecordsPerSecond, queries: [{ expr: topics('messagesinpersec_total'), legend: '{{topic}}' }] }),
        lines({ title: 'Bytes in', unit: BytesPerSecond, queries: [{ expr: topics('bytesinpersec_total'), legend: '{{topic}}' }] }),
        lines({ title: 'Bytes out', unit: BytesPerSecond, queries: [{ expr: topics('bytesoutpersec_total'), legend: '{{topic}}' }] }),
        lines({
          title: 'Failed requests',
          unit: RequestsPerSecond,
          queries: [
            { expr: topics('failedproducerequestspersec_total'), legend: 'produce to {{topic}}' },
            { expr: topics('failedfetchrequestspersec_total'), legend: 'fetch from {{topic}}' },
          ],
        }),
        lines({
          title: 'Size on disk, all copies',
          unit: Bytes,
          queries: [{ expr: `sum by (topic) (kafka_log_log_size{${IN_NAMESPACE}})`, legend: '{{topic}}' }],
        }),
      ],
    },
    {
      title: 'Brokers',
      panels: [
        lines({
          title: 'Request handlers idle',
          unit: PercentUnit,
          queries: [
            {
              // A counter of nanoseconds.
              expr: `sum by (pod) (rate(kafka_server_kafkarequesthandlerpool_requesthandleravgidlepercent_total{${IN_NAMESPACE}}[5m])) / 1e9`,
              legend: '{{pod}}',
            },
          ],
        }),
        lines({
          title: 'Network threads idle',
          unit: PercentUnit,
          queries: [{ expr: `kafka_network_socketserver_networkprocessoravgidlepercent{${IN_NAMESPACE}}`, legend: '{{pod}}' }],
        }),
        lines({
          title: 'Disk left',
          unit: PercentUnit,
          queries: [
            {
              expr: `kubelet_volume_stats_available_bytes{${IN_NAMESPACE}, persistentvolumeclaim=~"data-.*kaiseki-.+"} / kubelet_volume_stats_capacity_bytes{${IN_NAMESPACE}, persistentvolumeclaim=~"data-.*kaiseki-.+"}`,
              legend: '{{persistentvolumeclaim}}',
            },
          ],
          limit: { below: THRESHOLDS.diskFreeShare },
        }),
        lines({
          title: 'Memory of the JVM',
          unit: Bytes,
          queries: [{ expr: `sum by (pod) (jvm_memory_used_bytes{${IN_NAMESPACE}, workload="kafka"})`, legend: '{{pod}}' }],
        }),
      ],
    },
  ],
};
