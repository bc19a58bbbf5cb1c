import { describe, expect, it } from 'vitest';
import { ENVIRONMENTS } from '../environments.ts';
import { ENVIRONMENT_NAMES, find, objectsOf, podTemplates } from '../objects.testing.ts';
import { SERVICES } from '../settings.ts';
import { FOREIGN_METRICS } from './foreign-metrics.testing.ts';

interface PodMonitorSpec {
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly podMetricsEndpoints: readonly { readonly port: string }[];
}

interface PolicySpec {
  readonly podSelector: object;
  readonly ingress: readonly { readonly from?: readonly object[]; readonly ports?: readonly { readonly port: number }[] }[];
}

describe.each(ENVIRONMENT_NAMES)('%s', (environment) => {
  const objects = objectsOf(environment);
  const monitor = (name: string) => find(objects, 'PodMonitor', name).spec as object as PodMonitorSpec;
  const policy = (name: string) => find(objects, 'NetworkPolicy', name).spec as object as PolicySpec;
  /** Prometheus runs there. */
  const operators = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ENVIRONMENTS[environment].operatorsNamespace } },
  };

  it.each(SERVICES)('%s is scraped at a port that it has, and may be', (name) => {
    const { selector, podMetricsEndpoints } = monitor('kaiseki-workloads');
    const template = podTemplates(objects).get(`Deployment/${name}`);
    expect(template?.metadata.labels).toMatchObject(selector.matchLabels);
    const ports = template?.spec.containers.flatMap((container) => container.ports ?? []) ?? [];
    const [endpoint] = podMetricsEndpoints;
    const port = ports.find((one) => one.name === endpoint?.port)?.containerPort;
    expect(port).toBe(9090);
    const { podSelector, ingress } = policy('workloads');
    expect(podSelector).toEqual({ matchLabels: selector.matchLabels });
    const opened = ingress.filter(({ from }) => from?.some((peer) => JSON.stringify(peer) === JSON.stringify(operators)));
    expect(opened.flatMap(({ ports: allowed = [] }) => allowed.map((one) => one.port))).toEqual([port]);
    expect(find(objects, 'Service', name).spec).toMatchObject({ ports: [{ name: 'http', targetPort: 'http' }] });
  });

  it('Kafka and Cassandra report metrics, and Prometheus may ask them at any port', () => {
    expect(monitor('kaiseki-kafka').selector.matchLabels).toEqual({ 'strimzi.io/cluster': 'kaiseki', 'strimzi.io/kind': 'Kafka' });
    expect(find(objects, 'Kafka', 'kaiseki').spec).toMatchObject({ kafka: { metricsConfig: { type: 'strimziMetricsReporter' } } });
    expect(monitor('kaiseki-cassandra').selector.matchLabels).toEqual({ 'cassandra.datastax.com/cluster': 'kaiseki' });
    expect(find(objects, 'K8ssandraCluster', 'kaiseki').metadata.name).toBe('kaiseki');
    const open = policy('backends').ingress.filter(({ ports }) => ports === undefined);
    expect(open.flatMap(({ from = [] }) => from)).toContainEqual(operators);
  });

  it('Kafka lets every metric through that somebody asks for', () => {
    const { kafka } = find(objects, 'Kafka', 'kaiseki').spec as object as { kafka: { metricsConfig: { values: { allowList: string[] } } } };
    const allowed = new RegExp(`^(${kafka.metricsConfig.values.allowList.join('|')})$`);
    const asked = [...FOREIGN_METRICS].filter((name) => name.startsWith('kafka_'));
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((name) => !allowed.test(name))).toEqual([]);
  });
});
