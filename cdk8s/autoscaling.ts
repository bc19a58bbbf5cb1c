/** `counter` follows its consumer lag (KEDA), at most one pod a shard; `ingest`, `summary` and `live` follow their CPU. */
import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { COUNTER_GROUP } from '#workloads/orders/orders-fold.ts';
import { ORDER_LOGS } from '#workloads/orders/topics.ts';
import { labelsOf } from './labels.ts';
import { SERVICES, type ServiceName, type Settings } from './settings.ts';

const CPU_PERCENT = 70;
/** Orders behind, for each pod, at which one more starts: about a second's work of one. */
const LAG_ORDERS = 10_000;
/** A pod that goes makes its shards wait for the next owner: not for every lull. */
const CALM_S = 600;

export function autoscaling(scope: Construct, settings: Settings): void {
  for (const name of SERVICES) {
    const range = settings.services[name].scale.autoscaler;
    if (range === undefined) continue;
    if (name === 'counter') byLag(scope, settings, range);
    else byCpu(scope, settings, name, range);
  }
}

interface Range {
  readonly replicasMin: number;
  readonly replicasMax: number;
}

function byCpu(scope: Construct, settings: Settings, name: ServiceName, { replicasMin, replicasMax }: Range): void {
  new k8s.KubeHorizontalPodAutoscalerV2(scope, `${name}-autoscaler`, {
    metadata: { name, labels: labelsOf(name, settings) },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: replicasMin,
      maxReplicas: replicasMax,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: CPU_PERCENT } } }],
      behavior: { scaleDown: { stabilizationWindowSeconds: CALM_S } },
    },
  });
}

function byLag(scope: Construct, settings: Settings, { replicasMin, replicasMax }: Range): void {
  const { security, bootstrap } = settings.kafka;
  const authentication = 'counter-kafka';
  new ApiObject(scope, 'counter-autoscaler', {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: 'counter', labels: labelsOf('counter', settings) },
    spec: {
      scaleTargetRef: { name: 'counter' },
      minReplicaCount: replicasMin,
      // More pods than shards would have nothing to count.
      maxReplicaCount: Math.min(replicasMax, settings.shards),
      cooldownPeriod: CALM_S,
      advanced: { horizontalPodAutoscalerConfig: { behavior: { scaleDown: { stabilizationWindowSeconds: CALM_S } } } },
      triggers: [
        {
          type: 'kafka',
          metadata: {
            bootstrapServers: outsideName(bootstrap, settings.namespace),
            consumerGroup: COUNTER_GROUP,
            topic: ORDER_LOGS,
            lagThreshold: String(LAG_ORDERS),
            offsetResetPolicy: 'earliest',
            ...(security && { sasl: 'scram_sha512', tls: 'enable' }),
          },
          ...(security && { authenticationRef: { name: authentication } }),
        },
      ],
    },
  });
  if (!security) return;
  new ApiObject(scope, 'counter-kafka-authentication', {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'TriggerAuthentication',
    metadata: { name: authentication, labels: labelsOf('counter', settings) },
    spec: {
      // The counter's own user: it may see its group and its topic, and KEDA needs no more.
      env: [
        { parameter: 'username', name: 'KAFKA_SASL_USERNAME', containerName: 'counter' },
        { parameter: 'password', name: 'KAFKA_SASL_PASSWORD', containerName: 'counter' },
      ],
      secretTargetRef: [{ parameter: 'ca', name: security.authoritySecret, key: 'ca.crt' }],
    },
  });
}

/** KEDA asks from a namespace of its own, where a Service's bare name means nothing. */
function outsideName(address: string, namespace: string | undefined): string {
  const [host, port] = address.split(':');
  return namespace === undefined || host?.includes('.') ? address : `${host}.${namespace}.svc:${port}`;
}
