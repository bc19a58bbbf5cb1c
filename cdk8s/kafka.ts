/** Kafka, as Strimzi is to run it: KRaft, one listener, and in production zones and rebalancing. */
import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { KAFKA_CLUSTER, STRIMZI_LABELS } from './labels.ts';
import { resourceRequirements } from './resources.ts';
import type { KafkaSettings } from './settings.ts';

const API_VERSION = 'kafka.strimzi.io/v1';
const KAFKA_VERSION = '4.3.1';
/** The metrics that brokers and controllers report. */
const METRICS_ALLOWED = ['kafka_server.*', 'kafka_network.*', 'kafka_log.*', 'kafka_controller.*', 'kafka_cluster.*'];

interface NodePoolSpec {
  readonly replicas: number;
  readonly roles: readonly ('broker' | 'controller')[];
  readonly storage: object;
  readonly resources: object;
}

export function kafka(scope: Construct, settings: KafkaSettings): void {
  for (const [name, spec] of Object.entries(nodePools(settings))) {
    new ApiObject(scope, `pool-${name}`, {
      apiVersion: API_VERSION,
      kind: 'KafkaNodePool',
      metadata: { name, labels: { ...STRIMZI_LABELS } },
      spec,
    });
  }
  new ApiObject(scope, 'kafka', {
    apiVersion: API_VERSION,
    kind: 'Kafka',
    metadata: { name: KAFKA_CLUSTER },
    spec: {
      kafka: {
        version: KAFKA_VERSION,
        listeners: [listener(settings)],
        ...(settings.security && { authorization: { type: 'simple' } }),
        ...(settings.zonesAndRebalance && { rack: { topologyKey: 'topology.kubernetes.io/zone' } }),
        config: brokerConfig(settings),
        metricsConfig: { type: 'strimziMetricsReporter', values: { allowList: METRICS_ALLOWED } },
      },
      entityOperator: {
        topicOperator: operatorResources(),
        ...(settings.security && { userOperator: operatorResources() }),
      },
      ...(settings.zonesAndRebalance && { cruiseControl: cruiseControl() }),
    },
  });
  if (settings.zonesAndRebalance) rebalanceTemplate(scope);
}

function listener({ security }: KafkaSettings): object {
  if (!security) return { name: 'plain', port: 9092, type: 'internal', tls: false };
  return { name: 'tls', port: 9093, type: 'internal', tls: true, authentication: { type: 'scram-sha-512' } };
}

function brokerConfig({ replicationFactor, inSyncReplicasMin }: KafkaSettings): Readonly<Record<string, string | number | boolean>> {
  return {
    // A topic that nobody declared is a mistake, and must not come to be by being asked for.
    'auto.create.topics.enable': false,
    'default.replication.factor': replicationFactor,
    'min.insync.replicas': inSyncReplicasMin,
    'offsets.topic.replication.factor': replicationFactor,
    'transaction.state.log.replication.factor': replicationFactor,
    'transaction.state.log.min.isr': inSyncReplicasMin,
    'unclean.leader.election.enable': false,
  };
}

function nodePools({ nodes, storage, resources }: KafkaSettings): Readonly<Record<string, NodePoolSpec>> {
  const disk = (size: string) => ({
    type: 'jbod',
    volumes: [
      {
        id: 0,
        type: 'persistent-claim',
        size,
        ...(storage.className !== undefined && { class: storage.className }),
        deleteClaim: false,
        kraftMetadata: 'shared',
      },
    ],
  });
  const broker = { storage: disk(storage.size), resources: resourceRequirements(resources) };
  if ('combined' in nodes) return { dual: { replicas: nodes.combined, roles: ['controller', 'broker'], ...broker } };
  const controller = {
    storage: disk('10Gi'),
    resources: resourceRequirements({ cpuRequest: '250m', cpuLimit: '1', memory: '1Gi' }),
  };
  return {
    broker: { replicas: nodes.brokers, roles: ['broker'], ...broker },
    controller: { replicas: nodes.controllers, roles: ['controller'], ...controller },
  };
}

function operatorResources(): object {
  return { resources: resourceRequirements({ cpuRequest: '50m', cpuLimit: '500m', memory: '384Mi' }) };
}

const REBALANCE = 'kaiseki-rebalance';

/** Brokers that come get partitions, brokers that are to go lose theirs first. */
function cruiseControl(): object {
  return {
    resources: resourceRequirements({ cpuRequest: '250m', cpuLimit: '1', memory: '1Gi' }),
    autoRebalance: [
      { mode: 'add-brokers', template: { name: REBALANCE } },
      { mode: 'remove-brokers', template: { name: REBALANCE } },
    ],
  };
}

function rebalanceTemplate(scope: Construct): void {
  new ApiObject(scope, 'rebalance', {
    apiVersion: API_VERSION,
    kind: 'KafkaRebalance',
    metadata: {
      name: REBALANCE,
      labels: { ...STRIMZI_LABELS },
      annotations: { 'strimzi.io/rebalance-template': 'true' },
    },
    spec: {
      goals: [
        'RackAwareGoal',
        'ReplicaCapacityGoal',
        'DiskCapacityGoal',
        'NetworkInboundCapacityGoal',
        'NetworkOutboundCapacityGoal',
        'CpuCapacityGoal',
        'ReplicaDistributionGoal',
        'LeaderReplicaDistributionGoal',
      ],
    },
  });
}
