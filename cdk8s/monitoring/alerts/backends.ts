/** Kafka, Cassandra and their disks, as far as the counts depend on them. */
import type { Alert } from '../alert.ts';
import { THRESHOLDS } from '../thresholds.ts';

const DISKS = 'persistentvolumeclaim=~"(data-.*|server-data-)kaiseki-.+"';
const FAILURES = THRESHOLDS.cassandraFailuresPerSecond;

export const BACKEND_ALERTS: readonly Alert[] = [
  {
    name: 'KaisekiKafkaPartitionsUnavailable',
    expr: `sum by (namespace) (kafka_cluster_partition_underminisr) > 0
or max by (namespace) (kafka_controller_kafkacontroller_offlinepartitionscount) > 0`,
    for: '2m',
    severity: 'critical',
    summary: '{{ $value }} partitions of Kafka in {{ $labels.namespace }} take no writes.',
    description:
      'They have no leader, or fewer copies in step than min.insync.replicas. Ingest gets no confirmation for orders of these partitions and answers 503.',
  },
  {
    name: 'KaisekiKafkaUnderReplicated',
    expr: 'sum by (namespace) (kafka_server_replicamanager_underreplicatedpartitions) > 0',
    for: '30m',
    severity: 'warning',
    summary: '{{ $value }} partitions of Kafka in {{ $labels.namespace }} lack a copy.',
    description: 'A broker is away or cannot follow. Everything works; the loss of one broker more may stop partitions.',
  },
  {
    name: 'KaisekiCassandraUnavailable',
    expr: `sum by (namespace) (rate(org_apache_cassandra_metrics_client_request_unavailables_total[5m])) > ${FAILURES}
or sum by (namespace) (rate(org_apache_cassandra_metrics_client_request_timeouts_total[5m])) > ${FAILURES}`,
    for: '5m',
    severity: 'critical',
    summary: 'Cassandra in {{ $labels.namespace }} does not serve {{ $value | humanize }} requests a second.',
    description: 'Too few replicas are alive or answer in time. Counters retry and fall behind; the API answers 503.',
  },
  {
    name: 'KaisekiDiskNearFull',
    expr: `kubelet_volume_stats_available_bytes{${DISKS}} / kubelet_volume_stats_capacity_bytes{${DISKS}} < ${THRESHOLDS.diskFreeShare}`,
    for: '15m',
    severity: 'warning',
    summary: 'The disk {{ $labels.persistentvolumeclaim }} in {{ $labels.namespace }} has {{ $value | humanizePercentage }} left.',
    description: 'Kafka stops when its disk is full; Cassandra needs room to compact.',
  },
];
