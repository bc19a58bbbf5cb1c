/** The daily recount. `kubectl create job --from=cronjob/daily` runs it by hand. */
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { labelsOf } from './labels.ts';
import { ordersEnv, podSpec } from './pod.ts';
import { serviceAccount } from './service-account.ts';
import type { Settings } from './settings.ts';

const NAME = 'daily';
const HOUR_S = 3_600;
/** What the program ends with when the live totals differ from the recount. */
const DRIFT_EXIT_CODE = 3;

export function daily(scope: Construct, settings: Settings): void {
  const labels = labelsOf(NAME, settings);
  serviceAccount(scope, NAME, settings);
  new k8s.KubeCronJob(scope, 'daily', {
    metadata: { name: NAME, labels },
    spec: {
      schedule: settings.daily.schedule,
      timeZone: settings.timeZone,
      concurrencyPolicy: 'Forbid',
      // A controller that was away at midnight still starts it in the morning.
      startingDeadlineSeconds: 6 * HOUR_S,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 5,
      jobTemplate: {
        metadata: { labels },
        spec: {
          backoffLimit: 3,
          activeDeadlineSeconds: 4 * HOUR_S,
          // A difference stays one however often it is looked at. The failed Job is how Prometheus learns of it.
          podFailurePolicy: {
            rules: [
              { action: 'FailJob', onExitCodes: { containerName: NAME, operator: 'In', values: [DRIFT_EXIT_CODE] }, onPodConditions: [] },
            ],
          },
          template: {
            metadata: { labels },
            spec: podSpec(settings, {
              name: NAME,
              args: ['daily', '--json'],
              resources: settings.daily.resources,
              kafkaUser: 'daily',
              env: ordersEnv(settings),
              pod: { restartPolicy: 'Never' },
            }),
          },
        },
      },
    },
  });
}
