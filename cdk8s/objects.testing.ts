/** The synthesized objects of an environment, as plain data. */
import { createApp } from './app.ts';
import { ENVIRONMENTS, type EnvironmentName } from './environments.ts';

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
}

interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: string;
  readonly args: readonly string[];
  readonly env: readonly EnvVar[];
  readonly resources: { readonly requests: Readonly<Record<string, string>>; readonly limits: Readonly<Record<string, string>> };
  readonly securityContext: object;
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly lifecycle?: { readonly preStop?: object };
}

export interface PodSpec {
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: object;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly terminationGracePeriodSeconds?: number;
  readonly volumes?: readonly { readonly name: string; readonly emptyDir?: { readonly sizeLimit: string } }[];
  readonly affinity?: object;
  readonly topologySpreadConstraints?: readonly object[];
}

interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>> & {
    readonly template?: PodTemplate;
    readonly jobTemplate?: { readonly spec: { readonly template: PodTemplate } };
  };
  /** Of a ConfigMap. */
  readonly data?: Readonly<Record<string, string>>;
}

export const ENVIRONMENT_NAMES: readonly EnvironmentName[] = ['kind', 'production'];

/** Every object of the environment, in the order in which it is applied. */
export function objectsOf(name: EnvironmentName): readonly Manifest[] {
  const app = createApp(ENVIRONMENTS[name], 'dist/never-written');
  return app.charts.flatMap((chart): Manifest[] => chart.toJson());
}

/** The pods that our own objects make; those of the operators are theirs. */
export function podTemplates(objects: readonly Manifest[]): ReadonlyMap<string, PodTemplate> {
  return new Map(
    objects.flatMap(({ kind, metadata, spec }) => {
      const template =
        kind === 'CronJob' ? spec.jobTemplate?.spec.template : ['Deployment', 'Job'].includes(kind) ? spec.template : undefined;
      return template ? [[`${kind}/${metadata.name}`, template] as const] : [];
    }),
  );
}

/** The one object of this kind and name. */
export function find(objects: readonly Manifest[], kind: string, name: string): Manifest {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} objects are ${kind}/${name}`);
  return found[0];
}
