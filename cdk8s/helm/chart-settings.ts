/** The settings of the Helm chart: those of production, in which the values stand for themselves. */
import { ENVIRONMENTS } from '../environments.ts';
import type { PagesSettings, Resources, ServiceName, ServiceSettings, Settings, StorageSettings } from '../settings.ts';
import { expression, type Values } from './values.ts';

const { production } = ENVIRONMENTS;

/** What a chart's user may switch on and off, as conditions of Go templates. */
export interface Switches {
  readonly kafkaCreate: string;
  readonly kafkaSecured: string;
  readonly kafkaZones: string;
  readonly kafkaStorageClass: string;
  readonly cassandraCreate: string;
  readonly cassandraBackups: string;
  readonly cassandraStorageClass: string;
  readonly outside: string;
  readonly anonymous: string;
  readonly origins: string;
  readonly publishableKeys: string;
  readonly idToken: string;
  readonly basePath: string;
  readonly autoscaling: string;
  readonly networkPolicies: string;
  readonly ingress: string;
  readonly ingressTls: string;
  readonly monitoring: string;
  readonly runbooks: string;
}

export function chartSettings(values: Values): { readonly settings: Settings; readonly switches: Switches } {
  const image = {
    repository: values.text('image.repository', production.image.repository, 'The image of every workload.'),
    tag: values.text('image.tag', production.image.tag, 'Its tag.'),
  };
  const timeZone = values.text('timeZone', production.timeZone, 'Where days begin and end. Fixed once orders were counted.');
  const normalizeIds = values.text(
    'normalizeIds',
    production.normalizeIds,
    'NFC: two Unicode spellings of a user id are one user; none: two. Fixed once orders were counted.',
  );
  const anonymous = values.flag('access.anonymous', false, 'Whether everybody who reaches the API may use it, without a key.');
  const apiKeysSecret = values.text('access.apiKeysSecret', 'kaiseki-api-keys', 'A Secret whose key `keys` holds role:key,role:key.');
  const { pages, ...pagesSwitches } = pagesSettings(values);
  const { kafka, ...kafkaSwitches } = kafkaSettings(values);
  const { cassandra, ...cassandraSwitches } = cassandraSettings(values);
  const outsidePorts = [
    values.number('kafka.existing.port', 9092, 'The port of its brokers, for the network policies.'),
    values.number('cassandra.existing.port', 9042, 'The port of its nodes, for the network policies.'),
  ];
  const autoscaling = values.flag('autoscaling.enabled', true, 'KEDA scales `counter` on its lag, the others on CPU; false: `replicas`.');
  const services = {
    ingest: service(values, 'ingest', true),
    counter: service(values, 'counter', false),
    summary: service(values, 'summary', true),
    live: service(values, 'live', false),
  };
  const daily = {
    schedule: values.text('daily.schedule', production.daily.schedule, 'When the days before are recounted, in `timeZone`.'),
    resources: resources(values, 'daily', production.daily.resources),
  };
  const networkPolicies = values.flag('networkPolicies.enabled', true, 'Deny every connection that is not needed.');
  const ingress = values.flag('ingress.enabled', true, 'Whether there is an Ingress.');
  const monitoring = values.flag('monitoring.enabled', true, 'PodMonitors, rules and dashboards, for kube-prometheus-stack.');
  const settings: Settings = {
    namespace: undefined,
    instance: expression('.Release.Name'),
    managedBy: expression('.Release.Service'),
    image,
    migrationSuffix: expression('.Release.Revision'),
    timeZone,
    normalizeIds,
    shards: production.shards,
    buckets: production.buckets,
    access: { anonymous: true, apiKeysSecret },
    pages,
    kafka,
    cassandra,
    services,
    daily,
    ingress: {
      host: values.text('ingress.host', production.ingress.host, 'The host of the API and the pages.'),
      className: values.text('ingress.className', production.ingress.className, 'The class of the Ingress.'),
      tlsSecret: values.text('ingress.tlsSecret', 'kaiseki-tls', 'A TLS Secret for the host; empty: none.'),
      controllerNamespace: values.text('ingress.controllerNamespace', production.ingress.controllerNamespace, 'Where its controller runs.'),
    },
    operatorsNamespace: values.text(
      'operatorsNamespace',
      production.operatorsNamespace,
      'Where Strimzi, the K8ssandra operator, KEDA and Prometheus run.',
    ),
    monitoring: {
      runbooks: values.text(
        'monitoring.runbooks',
        '',
        'Where docs/runbooks can be read, no slash at its end: alerts link to it; empty: to nothing.',
      ),
    },
    outsidePorts,
  };
  const { kafkaCreate } = kafkaSwitches;
  const { cassandraCreate } = cassandraSwitches;
  const outside = `not (and ${kafkaCreate} ${cassandraCreate})`;
  const ingressTls = '.Values.ingress.tlsSecret';
  const runbooks = '.Values.monitoring.runbooks';
  return {
    settings,
    switches: {
      ...pagesSwitches,
      ...kafkaSwitches,
      ...cassandraSwitches,
      outside,
      anonymous,
      autoscaling,
      networkPolicies,
      ingress,
      ingressTls,
      monitoring,
      runbooks,
    },
  };
}

/** The Ingress is a proxy that counts by itself: whoever switches it on need not know of it. */
function pagesSettings(values: Values) {
  values.number('pages.proxies', 0, 'Proxies of your own in front of the Ingress, or of the pods where there is none (KAISEKI_PROXIES).');
  const pages: PagesSettings = {
    basePath: values.text('pages.basePath', '', 'A path in front of all others, such as /kaiseki; empty: none.'),
    proxies: expression('add .Values.pages.proxies (ternary 1 0 .Values.ingress.enabled)'),
    origins: values.text('pages.origins', '', 'Other origins whose pages may ask, separated by commas; empty: none.'),
    publishableKeys: values.text(
      'pages.publishableKeys',
      '',
      'key@origin,key@origin: keys for such pages, which everybody may see. They need API keys; not together with `idToken`.',
    ),
    idToken: {
      issuer: values.text('pages.idToken.issuer', '', 'Whose ID tokens are taken from such pages, with the two below; empty: nobody’s.'),
      audience: values.text('pages.idToken.audience', '', 'For whom they must be: the id of a LINE channel.'),
      keysUrl: values.text('pages.idToken.keysUrl', '', 'Where the issuer’s keys are. `ingest` may then reach every address on port 443.'),
    },
  };
  return {
    pages,
    basePath: '.Values.pages.basePath',
    origins: '.Values.pages.origins',
    publishableKeys: '.Values.pages.publishableKeys',
    idToken: '.Values.pages.idToken.issuer',
  };
}

function kafkaSettings(values: Values) {
  const { kafka } = production;
  const kafkaCreate = values.flag('kafka.create', true, 'Whether Strimzi is to run a Kafka of its own; false: `kafka.existing`.');
  values.text('kafka.existing.bootstrap', '', 'host:port of an existing Kafka. `kaiseki topics` creates the topics there.');
  const existingSecured = values.flag(
    'kafka.existing.secured',
    false,
    'TLS and SCRAM-SHA-512, a user and a Secret kaiseki-<workload> each.',
  );
  const authoritySecret = values.text('kafka.authoritySecret', 'kaiseki-cluster-ca-cert', 'A Secret with the ca.crt of the brokers.');
  const brokers = values.number('kafka.brokers', 3, 'Brokers.');
  const controllers = values.number('kafka.controllers', 3, 'Controllers.');
  const replicationFactor = values.number('kafka.replicationFactor', kafka.replicationFactor, 'Copies of each topic.');
  const inSyncReplicasMin = values.number('kafka.inSyncReplicasMin', kafka.inSyncReplicasMin, 'Copies before a write is acknowledged.');
  const zones = values.flag('kafka.zones', true, 'Spread replicas over zones and rebalance with Cruise Control.');
  return {
    kafka: {
      bootstrap: expression('include `kaiseki.kafka.bootstrap` .'),
      security: { authoritySecret },
      nodes: { brokers, controllers },
      replicationFactor,
      inSyncReplicasMin,
      zonesAndRebalance: true,
      storage: storage(values, 'kafka', kafka.storage),
      resources: resources(values, 'kafka', kafka.resources),
    },
    kafkaCreate,
    kafkaSecured: `or ${kafkaCreate} ${existingSecured}`,
    kafkaZones: zones,
    kafkaStorageClass: '.Values.kafka.storage.className',
  };
}

function cassandraSettings(values: Values) {
  const { cassandra } = production;
  const cassandraCreate = values.flag('cassandra.create', true, 'Whether K8ssandra is to run a Cassandra of its own; false: `existing`.');
  values.text('cassandra.existing.contactPoints', '', 'host:port,host:port of nodes of an existing Cassandra.');
  values.text('cassandra.existing.credentialsSecret', '', 'A Secret with username and password for it.');
  const backups = values.flag('cassandra.backups.enabled', true, 'Nightly backups to S3 by Medusa.');
  const s3 = production.cassandra.backups;
  return {
    cassandra: {
      contactPoint: expression('include `kaiseki.cassandra.contactPoints` .'),
      credentialsSecret: expression('include `kaiseki.cassandra.credentialsSecret` .'),
      dataCenter: values.text('cassandra.dataCenter', cassandra.dataCenter, 'The data centre that the workloads use.'),
      replicationFactor: values.number('cassandra.replicationFactor', cassandra.replicationFactor, 'Copies of every row.'),
      zones: ['a', 'b', 'c'].map((zone, index) => values.text(`cassandra.racks.r${index + 1}`, zone, 'The zone of this rack.')),
      nodes: values.number('cassandra.nodes', cassandra.nodes, 'Nodes: a multiple of the three racks.'),
      storage: storage(values, 'cassandra', cassandra.storage),
      resources: resources(values, 'cassandra', cassandra.resources),
      heap: values.text('cassandra.heap', cassandra.heap, 'The heap of each node.'),
      backups: {
        bucket: values.text('cassandra.backups.bucket', s3?.bucket ?? '', 'The bucket.'),
        region: values.text('cassandra.backups.region', s3?.region ?? '', 'Its region.'),
        credentialsSecret: values.text('cassandra.backups.credentialsSecret', s3?.credentialsSecret ?? '', 'Medusa’s Secret for it.'),
      },
    },
    cassandraCreate,
    cassandraBackups: backups,
    cassandraStorageClass: '.Values.cassandra.storage.className',
  };
}

/** `ranged`: its autoscaler's upper end is a value too. The counter's is the number of shards. */
function service(values: Values, name: ServiceName, ranged: boolean): ServiceSettings {
  const { scale, resources: standard } = production.services[name];
  const { autoscaler } = scale;
  const replicas = values.number(`services.${name}.replicas`, scale.replicas ?? autoscaler?.replicasMin ?? 1, 'Pods.');
  const path = `services.${name}.autoscaling`;
  return {
    scale: {
      replicas,
      ...(autoscaler && {
        autoscaler: {
          replicasMin: values.number(`${path}.replicasMin`, autoscaler.replicasMin, 'At least.'),
          replicasMax: ranged ? values.number(`${path}.replicasMax`, autoscaler.replicasMax, 'At most.') : production.shards,
        },
      }),
    },
    resources: resources(values, `services.${name}`, standard),
  };
}

function resources(values: Values, path: string, standard: Resources): Resources {
  return {
    cpuRequest: values.text(`${path}.resources.cpuRequest`, standard.cpuRequest, 'CPU that each asks for.'),
    cpuLimit: values.text(`${path}.resources.cpuLimit`, standard.cpuLimit, 'CPU that each may take.'),
    memory: values.text(`${path}.resources.memory`, standard.memory, 'Memory that each has.'),
  };
}

function storage(values: Values, path: string, standard: StorageSettings): StorageSettings {
  return {
    size: values.text(`${path}.storage.size`, standard.size, 'The disk of each.'),
    className: values.text(`${path}.storage.className`, '', 'Its storage class; empty: the default one.'),
  };
}
