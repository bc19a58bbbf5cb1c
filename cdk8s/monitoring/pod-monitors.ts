/** Which pods Prometheus scrapes: ours, Kafka's and Cassandra's. A Job's pod ends before anybody looks: kube-state-metrics tells of it. */
import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { CASSANDRA_CLUSTER } from '../cassandra.ts';
import { labelsOf, PART_OF, STRIMZI_LABELS } from '../labels.ts';
import type { Settings } from '../settings.ts';

/** Short enough for a rate over one minute. */
const INTERVAL = '15s';

interface Monitored {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The name of the container's port. */
  readonly port: string;
  /** Where the label `workload` of every series comes from: a label of the pod, or one name for all. */
  readonly workload: { readonly podLabel: string } | { readonly name: string };
}

const MONITORED: readonly Monitored[] = [
  { name: 'kaiseki-workloads', labels: PART_OF, port: 'metrics', workload: { podLabel: 'app_kubernetes_io_component' } },
  // Strimzi's name for port 9404, where the Strimzi Metrics Reporter answers.
  {
    name: 'kaiseki-kafka',
    labels: { ...STRIMZI_LABELS, 'strimzi.io/kind': 'Kafka' },
    port: 'tcp-prometheus',
    workload: { name: 'kafka' },
  },
  // The K8ssandra operator's name for port 9000, where the Management API answers. It is on unless MCAC is.
  {
    name: 'kaiseki-cassandra',
    labels: { 'cassandra.datastax.com/cluster': CASSANDRA_CLUSTER },
    port: 'metrics',
    workload: { name: 'cassandra' },
  },
];

/** Matches the label `job` of every target: `<namespace>/<PodMonitor>`, as the Prometheus operator makes it. */
export const JOBS = `.+/(${MONITORED.map(({ name }) => name).join('|')})`;

export function podMonitors(scope: Construct, settings: Settings): void {
  for (const { name, labels, port, workload } of MONITORED) {
    new ApiObject(scope, name, {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: { name, labels: labelsOf('monitoring', settings) },
      spec: {
        selector: { matchLabels: { ...labels } },
        podMetricsEndpoints: [
          {
            port,
            path: '/metrics',
            interval: INTERVAL,
            relabelings: [
              'podLabel' in workload
                ? { sourceLabels: [`__meta_kubernetes_pod_label_${workload.podLabel}`], targetLabel: 'workload' }
                : { targetLabel: 'workload', replacement: workload.name },
            ],
          },
        ],
      },
    });
  }
}
