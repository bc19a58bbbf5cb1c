/** The namespace. Pod Security only warns in it: the pods of Cassandra need more than `restricted` lets them, ours do not. */

import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { labelsOf } from './labels.ts';
import type { Settings } from './settings.ts';

export function namespace(scope: Construct, name: string, settings: Settings): void {
  new k8s.KubeNamespace(scope, 'namespace', {
    metadata: {
      name,
      labels: {
        ...labelsOf('namespace', settings),
        'pod-security.kubernetes.io/enforce': 'baseline',
        'pod-security.kubernetes.io/warn': 'restricted',
        'pod-security.kubernetes.io/audit': 'restricted',
      },
    },
  });
}
