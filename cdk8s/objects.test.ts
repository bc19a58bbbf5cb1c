import { describe, expect, it } from 'vitest';
import { ENVIRONMENT_NAMES, find, objectsOf } from './objects.testing.ts';

describe.each(ENVIRONMENT_NAMES)('%s', (environment) => {
  const objects = objectsOf(environment);

  it('denies every connection that is not allowed by name', () => {
    expect(find(objects, 'NetworkPolicy', 'default-deny').spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect(find(objects, 'NetworkPolicy', 'workloads').spec).toMatchObject({
      podSelector: { matchLabels: { 'app.kubernetes.io/part-of': 'kaiseki' } },
    });
  });

  it('lets nobody outside reach the counter', () => {
    const selectors = objects
      .filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name.startsWith('ingress-to-'))
      .map(({ metadata }) => metadata.name);
    expect(selectors).toEqual(['ingress-to-ingest', 'ingress-to-summary', 'ingress-to-live']);
    expect(JSON.stringify(find(objects, 'Ingress', 'kaiseki'))).not.toContain('counter');
  });

  it('has everything in its namespace', () => {
    for (const { kind, metadata } of objects) if (kind !== 'Namespace') expect(metadata.namespace).toBe('kaiseki');
  });

  it('names each object once', () => {
    const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

it('the counter never has more pods than shards, and scales on the lag of its own group', () => {
  expect(find(objectsOf('production'), 'ScaledObject', 'counter').spec).toMatchObject({
    maxReplicaCount: 12,
    triggers: [
      {
        type: 'kafka',
        metadata: { consumerGroup: 'counter', topic: 'order-logs', bootstrapServers: 'kaiseki-kafka-bootstrap.kaiseki.svc:9093' },
      },
    ],
  });
});

it('what an autoscaler scales has no number in its Deployment', () => {
  const objects = objectsOf('production');
  for (const name of ['ingest', 'counter', 'summary']) expect(find(objects, 'Deployment', name).spec).not.toHaveProperty('replicas');
  expect(find(objects, 'Deployment', 'live').spec).toHaveProperty('replicas', 2);
});

it('Cassandra has a rack in each of three zones, is repaired and is backed up; on kind it is one node', () => {
  const production = find(objectsOf('production'), 'K8ssandraCluster', 'kaiseki').spec;
  expect(production).toMatchObject({
    auth: true,
    cassandra: { datacenters: [{ metadata: { name: 'dc1' }, size: 3, racks: [{ name: 'r1' }, { name: 'r2' }, { name: 'r3' }] }] },
    reaper: { autoScheduling: { enabled: true } },
    medusa: { storageProperties: { storageProvider: 's3', storageSecretRef: { name: 'kaiseki-medusa' } } },
  });
  const kind = find(objectsOf('kind'), 'K8ssandraCluster', 'kaiseki').spec;
  expect(kind).toMatchObject({ cassandra: { datacenters: [{ size: 1 }] } });
  expect(kind).not.toHaveProperty('medusa');
});
