/** The project as it is checked out, deployed as on kind: its own image, its own objects, real Kafka and Cassandra. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createApp } from '../app.ts';
import { ENVIRONMENTS } from '../environments.ts';
import type { Manifest } from '../objects.testing.ts';
import { type Cluster, startCluster } from '../rig.testing.ts';
import { SERVICES } from '../settings.ts';
import { diagnosis } from './diagnosis.testing.ts';
import { TestNamespace } from './namespace.testing.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
const MIGRATED_MS_MAX = 180_000;
export const READY_MS_MAX = 180_000;
const REMOVED_MS_MAX = 120_000;

/** What starts pods of our own; everything else is applied before. */
const KINDS_WITH_PODS = ['Job', 'CronJob', 'Deployment'];

export interface Deployment extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly namespace: TestNamespace;
  /** Every object of dist/kind, in this namespace. */
  readonly objects: readonly Manifest[];
}

/**
 * Builds, loads, applies, and waits until every workload is ready.
 * @throws Error with a diagnosis when one is not; nothing is left behind then
 */
export async function deploy(): Promise<Deployment> {
  await using undo = new AsyncDisposableStack();
  const cluster = undo.use(await startCluster());
  const settings = { ...ENVIRONMENTS.kind, namespace: `kaiseki-test-${randomUUID().slice(0, 8)}` };
  const namespace = new TestNamespace(cluster.environment.KUBECONFIG ?? '', settings.namespace);
  const objects = createApp(settings, 'dist/never-written').charts.flatMap((chart): Manifest[] => chart.toJson());
  await cluster.rig('image', `${settings.image.repository}:${settings.image.tag}`, REPOSITORY);
  undo.defer(() => namespace.remove(REMOVED_MS_MAX));
  try {
    await namespace.apply(objects.filter(({ kind }) => !KINDS_WITH_PODS.includes(kind)));
    await cluster.rig('backends', namespace.name);
    await namespace.apply(objects.filter(({ kind }) => KINDS_WITH_PODS.includes(kind)));
    await namespace.completed(`migrate-${settings.migrationSuffix}`, MIGRATED_MS_MAX);
    for (const service of SERVICES) await namespace.rolledOut(service, READY_MS_MAX);
  } catch (error) {
    throw new Error(`${String(error)}\n${await diagnosis(namespace)}`, { cause: error });
  }
  const owned = undo.move();
  return { cluster, namespace, objects, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
