/** Every object of an environment, in charts that are applied in this order. */
import { App, Chart, YamlOutputType } from 'cdk8s';
import type { Construct } from 'constructs';
import type { TopicDefinition } from '#platform/log/log.ts';
import { allTopics } from '#workloads/catalogue.ts';
import { loadSettings } from '#workloads/settings.ts';
import { autoscaling } from './autoscaling.ts';
import { cassandra } from './cassandra.ts';
import { daily } from './daily.ts';
import { ingress } from './ingress.ts';
import { kafka } from './kafka.ts';
import { kafkaUsers } from './kafka-users.ts';
import { migration } from './migration.ts';
import { monitoring } from './monitoring/monitoring.ts';
import { namespace } from './namespace.ts';
import { networkPolicies } from './network-policies.ts';
import { SERVICES, type Settings } from './settings.ts';
import { topics } from './topics.ts';
import { workload } from './workload.ts';

/** A chart becomes a file of dist/, and a template of the Helm chart. */
interface ChartDefinition {
  readonly id: string;
  declare(chart: Construct, settings: Settings): void;
}

/** What is added to the system is added here. */
const CHARTS: readonly ChartDefinition[] = [
  {
    id: 'namespace',
    declare: (chart, settings) => settings.namespace !== undefined && namespace(chart, settings.namespace, settings),
  },
  { id: 'network-policies', declare: networkPolicies },
  {
    id: 'kafka',
    declare(chart, settings) {
      kafka(chart, settings.kafka);
      topics(chart, topicsOf(settings), settings.kafka);
      if (settings.kafka.security) kafkaUsers(chart);
    },
  },
  { id: 'cassandra', declare: (chart, { cassandra: settings }) => cassandra(chart, settings) },
  { id: 'migration', declare: migration },
  {
    id: 'workloads',
    declare(chart, settings) {
      for (const name of SERVICES) workload(chart, name, settings);
      daily(chart, settings);
    },
  },
  { id: 'autoscaling', declare: autoscaling },
  { id: 'ingress', declare: ingress },
  { id: 'monitoring', declare: monitoring },
];

/** The topics that the program itself would ask for under these settings. */
function topicsOf({ shards, buckets }: Settings): readonly TopicDefinition[] {
  return allTopics(loadSettings({ KAISEKI_SHARDS: String(shards), KAISEKI_BUCKETS: String(buckets) }));
}

/** @param outdir where `synth()` writes one file a chart; nothing is written before */
export function createApp(settings: Settings, outdir: string): App {
  const app = new App({ outdir, outputFileExtension: '.yaml', yamlOutputType: YamlOutputType.FILE_PER_CHART });
  let before: Chart | undefined;
  for (const { id, declare } of CHARTS) {
    const chart = new Chart(app, id, settings.namespace === undefined ? {} : { namespace: settings.namespace });
    declare(chart, settings);
    if (chart.apiObjects.length === 0) {
      app.node.tryRemoveChild(id);
      continue;
    }
    if (before) chart.addDependency(before);
    before = chart;
  }
  return app;
}
