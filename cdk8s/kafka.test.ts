import { expect, it } from 'vitest';
import { allTopics, CONSUMER_GROUPS, WORKLOAD_NAMES } from '#workloads/catalogue.ts';
import { loadSettings } from '#workloads/settings.ts';
import { ACLS } from './access.ts';
import { ENVIRONMENT_NAMES, find, objectsOf, podTemplates } from './objects.testing.ts';

it.each(ENVIRONMENT_NAMES)('the topics of %s are those of the code', (environment) => {
  const declared = objectsOf(environment)
    .filter(({ kind }) => kind === 'KafkaTopic')
    .map(({ metadata, spec }) => {
      const { 'cleanup.policy': cleanup, 'retention.ms': retention_ms } = spec.config as Record<string, unknown>;
      return { name: metadata.name, partitions: spec.partitions, cleanup, retention_ms };
    });
  const ofCode = allTopics(loadSettings({})).map(({ name, partitions, cleanup, retention_ms }) => ({
    name,
    partitions,
    cleanup,
    retention_ms,
  }));
  expect(declared).toEqual(ofCode);
});

it('in production a broker may be lost, and a write is in two places before it is acknowledged', () => {
  const objects = objectsOf('production');
  for (const { spec } of objects.filter(({ kind }) => kind === 'KafkaTopic')) {
    expect(spec).toMatchObject({ replicas: 3, config: { 'min.insync.replicas': 2 } });
  }
  expect(find(objects, 'KafkaNodePool', 'broker').spec).toMatchObject({ replicas: 3, roles: ['broker'] });
  expect(find(objects, 'KafkaNodePool', 'controller').spec).toMatchObject({ replicas: 3, roles: ['controller'] });
  expect(find(objects, 'Kafka', 'kaiseki').spec).toMatchObject({
    kafka: {
      listeners: [{ tls: true, authentication: { type: 'scram-sha-512' } }],
      authorization: { type: 'simple' },
      rack: { topologyKey: 'topology.kubernetes.io/zone' },
      config: { 'auto.create.topics.enable': false, 'unclean.leader.election.enable': false },
    },
    cruiseControl: {},
  });
});

it('every workload is a Kafka user in production, and its pod uses that one', () => {
  const objects = objectsOf('production');
  const users = objects.filter(({ kind }) => kind === 'KafkaUser').map(({ metadata }) => metadata.name);
  expect(users).toEqual(WORKLOAD_NAMES.map((name) => `kaiseki-${name}`));
  const used = [...podTemplates(objects).values()].flatMap(({ spec }) =>
    spec.containers.flatMap(({ env }) =>
      env.filter(({ name }) => name === 'KAFKA_SASL_PASSWORD').map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
    ),
  );
  expect(used.sort()).toEqual([...users].sort());
});

it('no user may do more than its code does', () => {
  // Written out once more on purpose: a right that is added has to be added here too, and be thought about.
  const rights = Object.fromEntries(
    WORKLOAD_NAMES.map((name) => [
      name,
      ACLS[name].map(
        ({ resource, operations }) =>
          `${operations.join('+')} ${resource.type} ${resource.name}${resource.patternType === 'prefix' ? '*' : ''}`,
      ),
    ]),
  );
  expect(rights).toEqual({
    ingest: ['Write+Describe topic order-logs'],
    counter: [
      'Read+Describe topic order-logs',
      'Read+Describe group counter',
      'Write+Describe topic order-logs-rejected',
      'Write+Describe topic segment-totals',
    ],
    summary: [],
    live: ['Read+Describe topic segment-totals', 'Read+Describe group kaiseki-live-tail-*'],
    daily: ['Describe topic order-logs', 'Describe group counter'],
  });
});

it('only names of the code are in the ACLs', () => {
  const names = new Set([...allTopics(loadSettings({})).map(({ name }) => name), ...CONSUMER_GROUPS.map(({ group }) => group)]);
  const used = Object.values(ACLS).flatMap((acls) =>
    acls.filter(({ resource }) => resource.patternType === 'literal').map(({ resource }) => resource.name),
  );
  expect([...new Set(used)].filter((name) => !names.has(name))).toEqual([]);
});
