/** The pod that every workload, Job and CronJob runs in: unprivileged, on a read-only root, with no token. */
import { k8s } from 'cdk8s-plus-28';
import type { WorkloadName } from '#workloads/catalogue.ts';
import { clientId } from './access.ts';
import { resourceRequirements } from './resources.ts';
import type { Resources, Settings } from './settings.ts';

/** The user of the image that is not root. */
const USER_ID = 1000;
/** The log before it is rotated, as much as it mostly is. */
const DISK_REQUEST = '64Mi';
/** /tmp, and the log of a container, which a kubelet rotates at five times 10 MiB unless told otherwise; as much again to spare. */
const DISK_LIMIT = '256Mi';
const AUTHORITY_VOLUME = 'kafka-authority';
const AUTHORITY_DIRECTORY = '/etc/kaiseki/kafka';

export interface PodOptions {
  /** The name of the component, its container and its ServiceAccount. */
  readonly name: string;
  /** What `kaiseki` is told to do. */
  readonly args: readonly string[];
  readonly resources: Resources;
  readonly env: readonly k8s.EnvVar[];
  /** The workload whose Kafka user it is; undefined: it does not speak with Kafka. */
  readonly kafkaUser: WorkloadName | undefined;
  /** What only a workload that serves has. */
  readonly container?: Partial<k8s.Container>;
  readonly pod?: Partial<k8s.PodSpec>;
}

/** The pod's specification; its secrets are references. */
export function podSpec(settings: Settings, options: PodOptions): k8s.PodSpec {
  const authority = options.kafkaUser === undefined ? undefined : settings.kafka.security?.authoritySecret;
  const { repository, tag } = settings.image;
  return {
    serviceAccountName: options.name,
    automountServiceAccountToken: false,
    // Hundreds of variables of other Services are no settings of ours.
    enableServiceLinks: false,
    securityContext: podSecurity(),
    containers: [
      {
        name: options.name,
        image: `${repository}:${tag}`,
        // The images on kind are loaded, never pulled; a tag in production never changes.
        imagePullPolicy: 'IfNotPresent',
        args: [...options.args],
        env: [...(options.kafkaUser === undefined ? [] : kafkaEnv(settings, options.kafkaUser)), ...cassandraEnv(settings), ...options.env],
        resources: quantities(options.resources),
        securityContext: containerSecurity(),
        volumeMounts: [
          { name: 'tmp', mountPath: '/tmp' },
          ...(authority === undefined ? [] : [{ name: AUTHORITY_VOLUME, mountPath: AUTHORITY_DIRECTORY, readOnly: true }]),
        ],
        ...options.container,
      },
    ],
    volumes: [
      { name: 'tmp', emptyDir: { sizeLimit: k8s.Quantity.fromString('64Mi') } },
      ...(authority === undefined
        ? []
        : [{ name: AUTHORITY_VOLUME, secret: { secretName: authority, items: [{ key: 'ca.crt', path: 'ca.crt' }] } }]),
    ],
    ...options.pod,
  };
}

/** What the Pod Security standard `restricted` asks of a pod. */
export function podSecurity(): k8s.PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: USER_ID,
    runAsGroup: USER_ID,
    fsGroup: USER_ID,
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** What it asks of a container, and a root that is read only. */
export function containerSecurity(): k8s.SecurityContext {
  return { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };
}

function kafkaEnv({ kafka }: Settings, workload: WorkloadName): k8s.EnvVar[] {
  const plain = [
    { name: 'KAFKA_BROKERS', value: kafka.bootstrap },
    { name: 'KAFKA_CLIENT_ID', value: clientId(workload) },
  ];
  if (!kafka.security) return plain;
  return [
    ...plain,
    { name: 'KAFKA_TLS', value: 'true' },
    { name: 'KAFKA_TLS_CA_FILE', value: `${AUTHORITY_DIRECTORY}/ca.crt` },
    { name: 'KAFKA_SASL_MECHANISM', value: 'scram-sha-512' },
    { name: 'KAFKA_SASL_USERNAME', value: clientId(workload) },
    { name: 'KAFKA_SASL_PASSWORD', valueFrom: { secretKeyRef: { name: clientId(workload), key: 'password' } } },
  ];
}

function cassandraEnv({ cassandra }: Settings): k8s.EnvVar[] {
  const { credentialsSecret: name } = cassandra;
  return [
    { name: 'CASSANDRA_CONTACT_POINTS', value: cassandra.contactPoint },
    { name: 'CASSANDRA_LOCAL_DATA_CENTER', value: cassandra.dataCenter },
    { name: 'CASSANDRA_REPLICATION_FACTOR', value: String(cassandra.replicationFactor) },
    { name: 'CASSANDRA_USERNAME', valueFrom: { secretKeyRef: { name, key: 'username' } } },
    { name: 'CASSANDRA_PASSWORD', valueFrom: { secretKeyRef: { name, key: 'password' } } },
  ];
}

/** What every workload must agree on: one that does not neither counts nor answers. */
export function ordersEnv({ timeZone, normalizeIds, shards, buckets }: Settings): k8s.EnvVar[] {
  return [
    { name: 'KAISEKI_TIME_ZONE', value: timeZone },
    { name: 'KAISEKI_NORMALIZE_IDS', value: normalizeIds },
    { name: 'KAISEKI_SHARDS', value: String(shards) },
    { name: 'KAISEKI_BUCKETS', value: String(buckets) },
  ];
}

/** The resources of a pod of ours. Its disk is not for the settings to say: it keeps nothing there. */
export function quantities(resources: Resources): k8s.ResourceRequirements {
  const { requests, limits } = resourceRequirements(resources);
  const typed = ({ cpu, memory }: typeof requests, disk: string) => ({
    cpu: k8s.Quantity.fromString(cpu),
    memory: k8s.Quantity.fromString(memory),
    'ephemeral-storage': k8s.Quantity.fromString(disk),
  });
  return { requests: typed(requests, DISK_REQUEST), limits: typed(limits, DISK_LIMIT) };
}
