/** The environments that `npm run synth` writes. */
import type { LoadTestSettings, Resources, Settings } from './settings.ts';

const small: Resources = { cpuRequest: '50m', cpuLimit: '1', memory: '256Mi' };
const medium: Resources = { cpuRequest: '500m', cpuLimit: '2', memory: '768Mi' };
/** What two full flushes and the cached users of twelve shards take at their highest (decision 10). */
const COUNTER_MEMORY = '1Gi';

/** One machine: everything once, nobody else on the network. */
const kind: Settings = {
  namespace: 'kaiseki',
  instance: 'kaiseki',
  managedBy: 'cdk8s',
  image: { repository: 'kaiseki', tag: 'dev' },
  migrationSuffix: 'dev',
  timeZone: 'Asia/Tokyo',
  normalizeIds: 'none',
  shards: 12,
  buckets: 240,
  access: { anonymous: true, apiKeysSecret: undefined },
  pages: { origins: undefined, publishableKeys: undefined, idToken: undefined, basePath: undefined, proxies: '1' },
  kafka: {
    bootstrap: 'kaiseki-kafka-bootstrap:9092',
    security: undefined,
    nodes: { combined: 1 },
    replicationFactor: 1,
    inSyncReplicasMin: 1,
    zonesAndRebalance: false,
    storage: { size: '5Gi', className: undefined },
    resources: { cpuRequest: '200m', cpuLimit: '2', memory: '1Gi' },
  },
  cassandra: {
    contactPoint: 'kaiseki-dc1-service:9042',
    dataCenter: 'dc1',
    credentialsSecret: 'kaiseki-superuser',
    replicationFactor: 1,
    zones: [],
    nodes: 1,
    storage: { size: '5Gi', className: undefined },
    resources: { cpuRequest: '500m', cpuLimit: '2', memory: '2Gi' },
    heap: '512Mi',
    backups: undefined,
  },
  services: {
    ingest: { resources: small, scale: { replicas: 1 } },
    counter: { resources: { ...small, memory: COUNTER_MEMORY }, scale: { replicas: 1 } },
    summary: { resources: small, scale: { replicas: 1 } },
    live: { resources: small, scale: { replicas: 1 } },
  },
  daily: { schedule: '10 0 * * *', resources: small },
  ingress: { className: 'traefik', host: 'localhost', tlsSecret: undefined, controllerNamespace: 'traefik' },
  operatorsNamespace: 'kaiseki-operators',
  monitoring: { runbooks: undefined },
  outsidePorts: [],
};

/** Three zones; the loss of any one loses nothing and stops nothing. */
const production: Settings = {
  ...kind,
  image: { repository: 'ghcr.io/kaiseki/kaiseki', tag: '0.1.0' },
  migrationSuffix: '0-1-0',
  access: { anonymous: false, apiKeysSecret: 'kaiseki-api-keys' },
  kafka: {
    bootstrap: 'kaiseki-kafka-bootstrap:9093',
    security: { authoritySecret: 'kaiseki-cluster-ca-cert' },
    nodes: { brokers: 3, controllers: 3 },
    replicationFactor: 3,
    inSyncReplicasMin: 2,
    zonesAndRebalance: true,
    storage: { size: '100Gi', className: undefined },
    resources: { cpuRequest: '1', cpuLimit: '4', memory: '4Gi' },
  },
  cassandra: {
    ...kind.cassandra,
    replicationFactor: 3,
    zones: ['a', 'b', 'c'],
    nodes: 3,
    storage: { size: '200Gi', className: undefined },
    resources: { cpuRequest: '2', cpuLimit: '4', memory: '16Gi' },
    heap: '8Gi',
    backups: { bucket: 'kaiseki-backups', region: 'ap-northeast-1', credentialsSecret: 'kaiseki-medusa' },
  },
  services: {
    ingest: { resources: medium, scale: { autoscaler: { replicasMin: 3, replicasMax: 12 } } },
    counter: { resources: { ...medium, memory: COUNTER_MEMORY }, scale: { autoscaler: { replicasMin: 3, replicasMax: 12 } } },
    summary: { resources: medium, scale: { autoscaler: { replicasMin: 2, replicasMax: 8 } } },
    live: { resources: medium, scale: { replicas: 2 } },
  },
  daily: { schedule: '10 0 * * *', resources: medium },
  ingress: { ...kind.ingress, host: 'kaiseki.example.com', tlsSecret: 'kaiseki-tls' },
};

export const ENVIRONMENTS = { kind, production };
export type EnvironmentName = keyof typeof ENVIRONMENTS;

const K6_IMAGE = 'grafana/k6:1.8.1';

/** What `npm run synth` writes beside them, to be applied when load is wanted. */
export const LOAD_TESTS: Readonly<Record<EnvironmentName, LoadTestSettings>> = {
  kind: {
    image: K6_IMAGE,
    script: 'orders',
    variables: { PROFILE: 'replay', ORDERS: '10000', RATE: '500' },
    deadline_s: 15 * 60,
    resources: { cpuRequest: '200m', cpuLimit: '1', memory: '512Mi' },
  },
  production: {
    image: K6_IMAGE,
    script: 'orders',
    variables: { PROFILE: 'ramp', RATE: '5000', DURATION: '10m', USERS: '20000', VUS: '500' },
    deadline_s: 30 * 60,
    resources: { cpuRequest: '2', cpuLimit: '4', memory: '4Gi' },
  },
};
