/** The labels of every object, and how one is found by them. */
import type { Settings } from './settings.ts';

/** Tells this project's pods from those of the operators in the same namespace. */
export const PART_OF = { 'app.kubernetes.io/part-of': 'kaiseki' } as const;

type Labels = Readonly<Record<string, string>>;

/** What a Service, Deployment or policy selects the pods of one component by: these never change while it lives. */
export function selectorLabels(component: string): Record<string, string> {
  return { 'app.kubernetes.io/name': 'kaiseki', 'app.kubernetes.io/component': component };
}

/** All labels of a component's objects and pods. */
export function labelsOf(component: string, { instance, managedBy, image }: Settings): Record<string, string> {
  return {
    ...selectorLabels(component),
    ...PART_OF,
    'app.kubernetes.io/instance': instance,
    'app.kubernetes.io/version': image.tag,
    'app.kubernetes.io/managed-by': managedBy,
  };
}

/** What Strimzi knows a Kafka cluster's topics, users and node pools by. */
export const KAFKA_CLUSTER = 'kaiseki';
export const STRIMZI_LABELS: Labels = { 'strimzi.io/cluster': KAFKA_CLUSTER };
