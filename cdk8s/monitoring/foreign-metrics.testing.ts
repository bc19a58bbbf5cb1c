/**
 * Metrics that others make, by where their names were looked up. No test sees them: a name that is not in this list has
 * to be looked up and added here.
 */

/** By Prometheus itself, for each target. */
const PROMETHEUS = ['up'];

/** kube-state-metrics 2: docs/metrics/workload/{job,cronjob}-metrics.md of kubernetes/kube-state-metrics. */
const KUBE_STATE_METRICS = [
  'kube_cronjob_created',
  'kube_cronjob_status_last_successful_time',
  'kube_job_failed',
  'kube_job_status_failed',
];

/** The kubelet: https://kubernetes.io/docs/reference/instrumentation/metrics/. */
const KUBELET = ['kubelet_volume_stats_available_bytes', 'kubelet_volume_stats_capacity_bytes'];

/** Strimzi Metrics Reporter: packaging/examples/metrics/strimzi-metrics-reporter/grafana-dashboards of strimzi/strimzi-kafka-operator 1.2. */
const STRIMZI = [
  'jvm_memory_used_bytes',
  'kafka_cluster_partition_underminisr',
  'kafka_controller_kafkacontroller_activecontrollercount',
  'kafka_controller_kafkacontroller_offlinepartitionscount',
  'kafka_log_log_size',
  'kafka_network_socketserver_networkprocessoravgidlepercent',
  'kafka_server_brokertopicmetrics_bytesinpersec_total',
  'kafka_server_brokertopicmetrics_bytesoutpersec_total',
  'kafka_server_brokertopicmetrics_failedfetchrequestspersec_total',
  'kafka_server_brokertopicmetrics_failedproducerequestspersec_total',
  'kafka_server_brokertopicmetrics_messagesinpersec_total',
  'kafka_server_kafkarequesthandlerpool_requesthandleravgidlepercent_total',
  'kafka_server_replicamanager_leadercount',
  'kafka_server_replicamanager_partitioncount',
  'kafka_server_replicamanager_underreplicatedpartitions',
];

/**
 * Management API for Apache Cassandra. Its names follow from Cassandra's own
 * (https://cassandra.apache.org/doc/5.0/cassandra/managing/operating/metrics.html) by the rules in
 * management-api-agent-common/src/main/resources/default-metric-settings.yaml of k8ssandra/management-api-for-apache-cassandra;
 * the K8ssandra operator keeps these of the tables (pkg/telemetry/cassandra_agent of k8ssandra/k8ssandra-operator).
 */
const MANAGEMENT_API = [
  'jvm_memory_used',
  'org_apache_cassandra_metrics_client_request_latency_bucket',
  'org_apache_cassandra_metrics_client_request_latency_count',
  'org_apache_cassandra_metrics_client_request_timeouts_total',
  'org_apache_cassandra_metrics_client_request_unavailables_total',
  'org_apache_cassandra_metrics_compaction_pending_tasks',
  'org_apache_cassandra_metrics_dropped_message_dropped_total',
  'org_apache_cassandra_metrics_storage_load',
  'org_apache_cassandra_metrics_table_live_disk_space_used',
  'org_apache_cassandra_metrics_table_live_ss_table_count',
  'org_apache_cassandra_metrics_table_write_latency_count',
];

export const FOREIGN_METRICS: ReadonlySet<string> = new Set([
  ...PROMETHEUS,
  ...KUBE_STATE_METRICS,
  ...KUBELET,
  ...STRIMZI,
  ...MANAGEMENT_API,
]);
