/** A ServiceAccount that is a name only: nothing here speaks with the Kubernetes API. */
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { labelsOf } from './labels.ts';
import type { Settings } from './settings.ts';

export function serviceAccount(scope: Construct, name: string, settings: Settings): void {
  new k8s.KubeServiceAccount(scope, `${name}-account`, {
    metadata: { name, labels: labelsOf(name, settings) },
    automountServiceAccountToken: false,
  });
}
