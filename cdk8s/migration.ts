/** The Job that brings Cassandra's schema up to date. Workloads that need the tables are not ready before they are there. */
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { labelsOf } from './labels.ts';
import { podSpec } from './pod.ts';
import { serviceAccount } from './service-account.ts';
import type { Settings } from './settings.ts';

const NAME = 'migrate';

export function migration(scope: Construct, settings: Settings): void {
  const labels = labelsOf(NAME, settings);
  serviceAccount(scope, NAME, settings);
  new k8s.KubeJob(scope, 'migrate', {
    metadata: { name: `${NAME}-${settings.migrationSuffix}`, labels },
    spec: {
      // Cassandra may take minutes to come up for the first time; each attempt waits longer than the one before.
      backoffLimit: 12,
      activeDeadlineSeconds: 3_600,
      template: {
        metadata: { labels },
        spec: podSpec(settings, {
          name: NAME,
          args: ['migrate'],
          resources: { cpuRequest: '50m', cpuLimit: '1', memory: '256Mi' },
          kafkaUser: undefined,
          env: [],
          pod: { restartPolicy: 'OnFailure' },
        }),
      },
    },
  });
}
