/** What the Prometheus operator would make of PodMonitors: scrape jobs, and for each the pods that it scrapes now. */
import type { V1Pod } from '@kubernetes/client-node';
import type { Manifest } from '../objects.testing.ts';

/** Far more often than in production: the test does not last for minutes of rest. */
const SCRAPE_INTERVAL = '5s';

interface Relabeling {
  readonly sourceLabels?: readonly string[];
  readonly targetLabel?: string;
  readonly [setting: string]: unknown;
}

export interface PodMonitor {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly selector: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly podMetricsEndpoints: readonly {
      readonly port: string;
      readonly path?: string;
      readonly relabelings?: readonly Relabeling[];
      readonly metricRelabelings?: readonly Relabeling[];
    }[];
  };
}

/** A file of targets, as Prometheus' `file_sd_configs` reads it. */
export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** @throws Error where an object selects pods in a way that this does not know, rather than scraping others */
export function podMonitorsIn(objects: readonly Manifest[]): readonly PodMonitor[] {
  return objects
    .filter(({ kind }) => kind === 'PodMonitor')
    .map((object) => {
      const { selector, podMetricsEndpoints } = object.spec as Manifest['spec'] & PodMonitor['spec'];
      const unknown = Object.keys(selector).filter((key) => key !== 'matchLabels');
      if (unknown.length > 0) throw new Error(`PodMonitor ${object.metadata.name}: unknown in its selector: ${unknown.join(', ')}`);
      return { metadata: { name: object.metadata.name }, spec: { selector, podMetricsEndpoints } };
    });
}

/** The scrape jobs. @param targetsFile where the targets of each monitor's endpoints are kept */
export function scrapeConfigs(monitors: readonly PodMonitor[], namespace: string, targetsFile: (job: string) => string): readonly object[] {
  return jobs(monitors).map(({ job, monitor, endpoint }) => ({
    job_name: job,
    scrape_interval: SCRAPE_INTERVAL,
    scrape_timeout: SCRAPE_INTERVAL,
    metrics_path: endpoint.path ?? '/metrics',
    file_sd_configs: [{ files: [targetsFile(job)] }],
    relabel_configs: [
      { target_label: 'job', replacement: `${namespace}/${monitor.metadata.name}` },
      { target_label: 'endpoint', replacement: endpoint.port },
      ...['namespace', 'pod', 'container'].map((label) => ({ source_labels: [META[label]], target_label: label })),
      ...(endpoint.relabelings ?? []).map(relabelConfig),
    ],
    metric_relabel_configs: (endpoint.metricRelabelings ?? []).map(relabelConfig),
  }));
}

/** The pods of each job, by the job's name. */
export function targetsOf(monitors: readonly PodMonitor[], pods: readonly V1Pod[]): ReadonlyMap<string, readonly TargetGroup[]> {
  return new Map(
    jobs(monitors).map(({ job, monitor, endpoint }) => {
      const wanted = Object.entries(monitor.spec.selector.matchLabels ?? {});
      const selected = pods.filter(({ metadata }) => wanted.every(([label, value]) => metadata?.labels?.[label] === value));
      return [job, selected.flatMap((pod) => targetGroups(pod, endpoint.port))] as const;
    }),
  );
}

const META: Readonly<Record<string, string>> = {
  namespace: '__meta_kubernetes_namespace',
  pod: '__meta_kubernetes_pod_name',
  container: '__meta_kubernetes_pod_container_name',
};

function jobs(monitors: readonly PodMonitor[]) {
  return monitors.flatMap((monitor) =>
    monitor.spec.podMetricsEndpoints.map((endpoint, index) => ({ job: `${monitor.metadata.name}-${index}`, monitor, endpoint })),
  );
}

function targetGroups({ metadata, spec, status }: V1Pod, port: string): readonly TargetGroup[] {
  if (status?.phase !== 'Running' || status.podIP === undefined) return [];
  const labels = Object.entries(metadata?.labels ?? {}).map(([label, value]) => [`__meta_kubernetes_pod_label_${asLabel(label)}`, value]);
  return (spec?.containers ?? []).flatMap((container) =>
    (container.ports ?? [])
      .filter(({ name }) => name === port)
      .map(({ containerPort }) => ({
        targets: [`${status.podIP}:${containerPort}`],
        labels: {
          ...Object.fromEntries(labels),
          __meta_kubernetes_namespace: metadata?.namespace ?? '',
          __meta_kubernetes_pod_name: metadata?.name ?? '',
          __meta_kubernetes_pod_node_name: spec?.nodeName ?? '',
          __meta_kubernetes_pod_container_name: container.name,
          __meta_kubernetes_pod_container_port_name: port,
        },
      })),
  );
}

function asLabel(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_]/g, '_');
}

/** From the operator's spelling to Prometheus' own. */
function relabelConfig(relabeling: Relabeling): object {
  return Object.fromEntries(
    Object.entries(relabeling).map(([key, value]) => [key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}
