/** What a person needs to see when a test in the cluster fails: the pods, what happened to them, and what they said last. */
import type { V1Pod } from '@kubernetes/client-node';
import { PART_OF } from '../labels.ts';
import type { TestNamespace } from './namespace.testing.ts';

const LOG_LINES = 30;
const EVENTS_MAX = 40;

/** Never fails: what cannot be read is said instead. */
export async function diagnosis(namespace: TestNamespace): Promise<string> {
  try {
    const { items: pods } = await namespace.core.listNamespacedPod({ namespace: namespace.name });
    const logs = await Promise.all(pods.filter(isOfInterest).map((pod) => lastWords(namespace, pod)));
    return [`pods of ${namespace.name}:`, ...pods.map(line), 'warnings:', ...(await warnings(namespace)), ...logs].join('\n');
  } catch (error) {
    return `nothing could be read of ${namespace.name}: ${String(error)}`;
  }
}

/** Kafka and Cassandra say much; it matters when they do not work. */
function isOfInterest({ metadata, status }: V1Pod): boolean {
  const isOurs = Object.entries(PART_OF).every(([label, value]) => metadata?.labels?.[label] === value);
  return isOurs || !status?.containerStatuses?.every(({ ready }) => ready);
}

function line({ metadata, status }: V1Pod): string {
  const [container] = status?.containerStatuses ?? [];
  const { waiting, terminated } = { ...container?.lastState, ...container?.state };
  const reason = waiting?.reason ?? (terminated && `${terminated.reason} (${terminated.exitCode})`) ?? '';
  const state = `${status?.phase}, ${container?.ready ? 'ready' : 'not ready'}, ${container?.restartCount ?? 0} restarts`;
  return `  ${metadata?.name}: ${state} ${reason}`;
}

async function warnings({ core, name }: TestNamespace): Promise<readonly string[]> {
  const { items } = await core.listNamespacedEvent({ namespace: name, fieldSelector: 'type=Warning' });
  return items.slice(-EVENTS_MAX).map(({ involvedObject, reason, message }) => `  ${involvedObject.name}: ${reason}: ${message}`);
}

async function lastWords({ core, name: namespace }: TestNamespace, pod: V1Pod): Promise<string> {
  const name = pod.metadata?.name ?? '';
  const text = await core.readNamespacedPodLog({ namespace, name, tailLines: LOG_LINES }).catch((error: unknown) => String(error));
  return `${name} said last:\n${text}`;
}
