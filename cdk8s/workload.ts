/** A workload that runs on: Deployment, Service, PodDisruptionBudget and ServiceAccount. */
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { labelsOf, selectorLabels } from './labels.ts';
import { ordersEnv, podSpec } from './pod.ts';
import { serviceAccount } from './service-account.ts';
import type { ServiceName, Settings } from './settings.ts';

const ZONE = 'topology.kubernetes.io/zone';
const MACHINE = 'kubernetes.io/hostname';
export const HTTP_PORT = 8080;
/** For Prometheus alone: no Service leads to it. */
export const METRICS_PORT = 9090;
/** Of the Secret that holds role:key,role:key. */
export const API_KEYS_KEY = 'keys';

/** Endpoints are told of a pod's end while it is told itself: it serves on until they have heard. */
const PRE_STOP_S = 5;
/** The stop itself takes at most 20 s (workloads/run.ts). */
const GRACE_S = PRE_STOP_S + 25;

const PORTS: k8s.ContainerPort[] = [
  { name: 'http', containerPort: HTTP_PORT },
  { name: 'metrics', containerPort: METRICS_PORT },
];

export function workload(scope: Construct, name: ServiceName, settings: Settings): void {
  const { resources, scale } = settings.services[name];
  const labels = labelsOf(name, settings);
  const selector = { matchLabels: selectorLabels(name) };
  serviceAccount(scope, name, settings);
  new k8s.KubeDeployment(scope, `${name}-deployment`, {
    metadata: { name, labels },
    spec: {
      // Where an autoscaler has the number, a manifest must not reset it.
      ...(scale.replicas !== undefined && { replicas: scale.replicas }),
      revisionHistoryLimit: 3,
      selector,
      // A shard is counted by one pod at a time anyway; the others must never be fewer than asked for.
      strategy: { rollingUpdate: { maxSurge: k8s.IntOrString.fromNumber(1), maxUnavailable: k8s.IntOrString.fromNumber(0) } },
      template: {
        metadata: { labels },
        spec: podSpec(settings, {
          name,
          args: [name],
          resources,
          kafkaUser: name,
          env: [...ordersEnv(settings), ...httpEnv(settings), ...pagesEnv(settings, name)],
          container: { ports: PORTS, ...probes(), lifecycle: preStop() },
          pod: { terminationGracePeriodSeconds: GRACE_S, affinity: apart(selector), topologySpreadConstraints: spread(selector) },
        }),
      },
    },
  });
  new k8s.KubeService(scope, `${name}-service`, {
    metadata: { name, labels },
    spec: { selector: selectorLabels(name), ports: [{ name: 'http', port: 80, targetPort: k8s.IntOrString.fromString('http') }] },
  });
  new k8s.KubePodDisruptionBudget(scope, `${name}-budget`, {
    metadata: { name, labels },
    spec: { selector, maxUnavailable: k8s.IntOrString.fromNumber(1), unhealthyPodEvictionPolicy: 'AlwaysAllow' },
  });
}

function httpEnv({ access }: Settings): k8s.EnvVar[] {
  return [
    { name: 'KAISEKI_HOST', value: '0.0.0.0' },
    { name: 'KAISEKI_PORT', value: String(HTTP_PORT) },
    { name: 'KAISEKI_METRICS_PORT', value: String(METRICS_PORT) },
    ...(access.anonymous ? [{ name: 'KAISEKI_ALLOW_ANONYMOUS', value: 'true' }] : []),
    ...(access.apiKeysSecret === undefined
      ? []
      : [{ name: 'KAISEKI_API_KEYS', valueFrom: { secretKeyRef: { name: access.apiKeysSecret, key: API_KEYS_KEY } } }]),
  ];
}

/** Every workload knows whose pages may ask, and for which client; `ingest` alone takes what those pages send. */
function pagesEnv({ pages }: Settings, name: ServiceName): k8s.EnvVar[] {
  const { origins, publishableKeys, idToken, basePath, proxies } = pages;
  const ofIngest = {
    KAISEKI_PUBLISHABLE_KEYS: publishableKeys,
    KAISEKI_ID_TOKEN_ISSUER: idToken?.issuer,
    KAISEKI_ID_TOKEN_AUDIENCE: idToken?.audience,
    KAISEKI_ID_TOKEN_KEYS_URL: idToken?.keysUrl,
  };
  const variables = {
    KAISEKI_BASE_PATH: basePath,
    KAISEKI_PROXIES: proxies,
    KAISEKI_ORIGINS: origins,
    ...(name === 'ingest' ? ofIngest : {}),
  };
  return Object.entries(variables).flatMap(([variable, value]) => (value === undefined ? [] : [{ name: variable, value }]));
}

/** Liveness asks the process alone: to restart it because Kafka or Cassandra is away would help nobody. */
function probes(): Pick<k8s.Container, 'startupProbe' | 'livenessProbe' | 'readinessProbe'> {
  const get = (path: string) => ({ path, port: k8s.IntOrString.fromString('http') });
  return {
    startupProbe: { httpGet: get('/livez'), periodSeconds: 1, timeoutSeconds: 3, failureThreshold: 60 },
    livenessProbe: { httpGet: get('/livez'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    readinessProbe: { httpGet: get('/readyz'), periodSeconds: 5, timeoutSeconds: 4, failureThreshold: 2 },
  };
}

function preStop(): k8s.Lifecycle {
  return { preStop: { exec: { command: ['sleep', String(PRE_STOP_S)] } } };
}

/**
 * Over zones and machines, as far as there are any. Those of a new version among themselves: after a roll-out the old ones, between
 * which they found their places, are gone.
 */
function spread(labelSelector: k8s.LabelSelector): k8s.TopologySpreadConstraint[] {
  return [ZONE, MACHINE].map((topologyKey) => ({
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector,
    matchLabelKeys: ['pod-template-hash'],
  }));
}

/** On a machine that has none of the workload yet, as long as there is one: to spread alone weighs less than a machine that is idle. */
function apart(labelSelector: k8s.LabelSelector): k8s.Affinity {
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: { topologyKey: MACHINE, labelSelector } }],
    },
  };
}
