/** A namespace of a test's own in a running cluster: what is applied to it, waited for, deleted and rolled in it. */
import {
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
  setHeaderOptions,
  type V1Job,
  type V1Pod,
} from '@kubernetes/client-node';
import { systemClock } from '#platform/clock/clock.ts';
import { selectorLabels } from '../labels.ts';

const FIELD_MANAGER = 'kaiseki-test';
/** How often what is waited for is looked at, in milliseconds. */
const LOOK_MS = 500;

/** Resolves when it `holds`. @throws Error after `within_ms`, with what the last look told */
export async function until(what: string, within_ms: number, holds: () => Promise<true | string>): Promise<void> {
  const deadline_ms = systemClock.monotonic_ms() + within_ms;
  for (;;) {
    const told = await holds();
    if (told === true) return;
    if (systemClock.monotonic_ms() > deadline_ms) throw new Error(`${what}: not within ${within_ms / 1_000} s; ${told}`);
    await systemClock.sleep(LOOK_MS);
  }
}

export class TestNamespace {
  readonly name: string;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly batch: BatchV1Api;
  readonly #objects: KubernetesObjectApi;

  /** @param kubeconfig the path of the file */
  constructor(kubeconfig: string, name: string) {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    this.name = name;
    this.core = config.makeApiClient(CoreV1Api);
    this.apps = config.makeApiClient(AppsV1Api);
    this.batch = config.makeApiClient(BatchV1Api);
    this.#objects = KubernetesObjectApi.makeApiClient(config);
  }

  /** As `kubectl apply --server-side` does, one after the other. */
  async apply(objects: readonly KubernetesObject[]): Promise<void> {
    for (const object of objects) {
      await this.#objects.patch(object, undefined, undefined, FIELD_MANAGER, true, PatchStrategy.ServerSideApply);
    }
  }

  /** The pods of a component that are not being deleted. */
  async pods(component: string): Promise<readonly V1Pod[]> {
    const labelSelector = Object.entries(selectorLabels(component))
      .map(([label, value]) => `${label}=${value}`)
      .join(',');
    const { items } = await this.core.listNamespacedPod({ namespace: this.name, labelSelector });
    return items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  }

  /** The address of a Service, which answers from this machine too. */
  async addressOf(service: string): Promise<string> {
    const { spec } = await this.core.readNamespacedService({ namespace: this.name, name: service });
    return `http://${spec?.clusterIP}:${spec?.ports?.[0]?.port}`;
  }

  async podNames(components: readonly string[]): Promise<readonly string[]> {
    const pods = await Promise.all(components.map((component) => this.pods(component)));
    return pods.flat().map(({ metadata }) => metadata?.name ?? '');
  }

  /** Deletes the component's pods with no time to end in: they are killed after a second or two. Resolves with their names. */
  async kill(component: string): Promise<readonly string[]> {
    const names = await this.podNames([component]);
    for (const name of names) await this.core.deleteNamespacedPod({ namespace: this.name, name, gracePeriodSeconds: 0 });
    return names;
  }

  /** As `kubectl rollout restart` does. @param at the instant to write into the pods' annotation */
  async restart(deployment: string, at: string): Promise<void> {
    const annotations = { 'kubectl.kubernetes.io/restartedAt': at };
    await this.apps.patchNamespacedDeployment(
      { namespace: this.name, name: deployment, body: { spec: { template: { metadata: { annotations } } } } },
      setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
    );
  }

  /** As `kubectl rollout status` does: every pod is of the newest kind and ready, and no other is left. */
  async rolledOut(deployment: string, within_ms: number): Promise<void> {
    await until(`Deployment ${deployment}`, within_ms, async () => {
      const { metadata, spec, status } = await this.apps.readNamespacedDeployment({ namespace: this.name, name: deployment });
      const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ?? {};
      const wanted = spec?.replicas ?? 1;
      const isSeen = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
      if (isSeen && updatedReplicas === wanted && availableReplicas === wanted && replicas === wanted) return true;
      return `${replicas} pods, ${updatedReplicas} of the newest kind, ${availableReplicas} available, ${wanted} wanted`;
    });
  }

  /** Resolves when none of these pods is there any more, not even to end gracefully. */
  async ended(pods: readonly string[], within_ms: number): Promise<void> {
    await until('the end of pods', within_ms, async () => {
      const { items } = await this.core.listNamespacedPod({ namespace: this.name });
      const left = items.map(({ metadata }) => metadata?.name ?? '').filter((name) => pods.includes(name));
      return left.length === 0 || `there are still ${left.join(', ')}`;
    });
  }

  /** As `kubectl create job --from=cronjob/…` does. */
  async createJobFrom(cronJob: string, name: string): Promise<void> {
    const { metadata, spec } = await this.batch.readNamespacedCronJob({ namespace: this.name, name: cronJob });
    const { jobTemplate } = spec ?? {};
    const job: V1Job = {
      metadata: {
        name,
        ...(jobTemplate?.metadata?.labels && { labels: jobTemplate.metadata.labels }),
        annotations: { ...jobTemplate?.metadata?.annotations, 'cronjob.kubernetes.io/instantiate': 'manual' },
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: cronJob, uid: metadata?.uid ?? '', controller: true }],
      },
      ...(jobTemplate?.spec && { spec: jobTemplate.spec }),
    };
    await this.batch.createNamespacedJob({ namespace: this.name, body: job });
  }

  /** Resolves when the Job is complete, or has failed, with what its newest pod printed. */
  async finished(job: string, within_ms: number): Promise<{ readonly isComplete: boolean; readonly output: string }> {
    let isComplete = false;
    await until(`the end of Job ${job}`, within_ms, async () => {
      const { status } = await this.batch.readNamespacedJob({ namespace: this.name, name: job });
      const isNow = (type: string) => status?.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
      isComplete = isNow('Complete');
      return isComplete || isNow('Failed') || `${status?.active ?? 0} active, ${status?.failed ?? 0} failed`;
    });
    return { isComplete, output: await this.#outputOf(job) };
  }

  /** Resolves with what the Job's pod printed when it is complete. @throws Error when it failed */
  async completed(job: string, within_ms: number): Promise<string> {
    const { isComplete, output } = await this.finished(job, within_ms);
    if (!isComplete) throw new Error(`Job ${job} failed: ${output}`);
    return output;
  }

  async #outputOf(job: string): Promise<string> {
    const { items } = await this.core.listNamespacedPod({ namespace: this.name, labelSelector: `batch.kubernetes.io/job-name=${job}` });
    const newest = items.toSorted((a, b) => Number(a.metadata?.creationTimestamp) - Number(b.metadata?.creationTimestamp)).at(-1);
    return this.core.readNamespacedPodLog({ namespace: this.name, name: newest?.metadata?.name ?? '' });
  }

  /** Deletes it and all that is in it, without waiting for any pod to end gracefully; resolves when it is gone. */
  async remove(within_ms: number): Promise<void> {
    await this.core.deleteNamespace({ name: this.name });
    await this.core.deleteCollectionNamespacedPod({ namespace: this.name, gracePeriodSeconds: 0 });
    await until(`the end of the namespace ${this.name}`, within_ms, async () => {
      const { items } = await this.core.listNamespace({ fieldSelector: `metadata.name=${this.name}` });
      return items.length === 0 || `it is ${items[0]?.status?.phase}`;
    });
  }
}
