/** A load test in the cluster: k6 in a Job, beside the workloads and never applied together with them. */
import { App, Chart, YamlOutputType } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { labelsOf } from './labels.ts';
import { scriptFiles } from './load-test-scripts.ts';
import { containerSecurity, podSecurity, quantities } from './pod.ts';
import { serviceAccount } from './service-account.ts';
import type { LoadTestSettings, Settings } from './settings.ts';
import { API_KEYS_KEY } from './workload.ts';

const NAME = 'load-test';
const SCRIPTS_DIRECTORY = '/scripts';
/** A finished Job is read for a day. */
const KEPT_S = 24 * 3_600;

/** The Job, its scripts and its account, in one file: `load-test.yaml`. @param outdir where `synth()` writes it */
export function createLoadTest(settings: Settings, loadTest: LoadTestSettings, outdir: string): App {
  const app = new App({ outdir, outputFileExtension: '.yaml', yamlOutputType: YamlOutputType.FILE_PER_CHART });
  const chart = new Chart(app, NAME, settings.namespace === undefined ? {} : { namespace: settings.namespace });
  declare(chart, settings, loadTest);
  return app;
}

function declare(scope: Construct, settings: Settings, loadTest: LoadTestSettings): void {
  const labels = labelsOf(NAME, settings);
  const script = `loadtest/${loadTest.script}.ts`;
  const files = scriptFiles(script);
  serviceAccount(scope, NAME, settings);
  new k8s.KubeConfigMap(scope, 'scripts', {
    metadata: { name: NAME, labels },
    data: Object.fromEntries(files.map(({ key, text }) => [key, text])),
  });
  new k8s.KubeJob(scope, 'job', {
    metadata: { name: NAME, labels },
    spec: {
      // Another try would be another test.
      backoffLimit: 0,
      activeDeadlineSeconds: loadTest.deadline_s,
      ttlSecondsAfterFinished: KEPT_S,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          serviceAccountName: NAME,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: podSecurity(),
          containers: [
            {
              name: 'k6',
              image: loadTest.image,
              imagePullPolicy: 'IfNotPresent',
              command: ['k6'],
              args: ['run', '--quiet', `${SCRIPTS_DIRECTORY}/${script}`],
              env: environmentOf(settings, loadTest),
              resources: quantities(loadTest.resources),
              securityContext: containerSecurity(),
              volumeMounts: [
                { name: 'scripts', mountPath: SCRIPTS_DIRECTORY, readOnly: true },
                { name: 'tmp', mountPath: '/tmp' },
              ],
            },
          ],
          volumes: [
            { name: 'scripts', configMap: { name: NAME, items: files.map(({ key, path }) => ({ key, path })) } },
            { name: 'tmp', emptyDir: { sizeLimit: k8s.Quantity.fromString('64Mi') } },
          ],
        },
      },
    },
  });
}

function environmentOf({ access }: Settings, { variables }: LoadTestSettings): k8s.EnvVar[] {
  const all = {
    INGEST_URL: 'http://ingest',
    SUMMARY_URL: 'http://summary',
    LIVE_URL: 'http://live',
    // In the log of the pod the report is one line.
    SUMMARY: 'json',
    HOME: '/tmp',
    // Pods reach nothing outside.
    K6_NO_USAGE_REPORT: 'true',
    ...variables,
  };
  return [
    ...Object.entries(all).map(([name, value]) => ({ name, value })),
    ...(access.apiKeysSecret === undefined
      ? []
      : [{ name: 'KAISEKI_API_KEYS', valueFrom: { secretKeyRef: { name: access.apiKeysSecret, key: API_KEYS_KEY } } }]),
  ];
}
