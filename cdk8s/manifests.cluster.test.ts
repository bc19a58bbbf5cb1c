/** Would a real API server, with the operators' CRDs, take what is synthesized and what the Helm chart renders? */
import { Yaml } from 'cdk8s';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type ApiServer, askApiServer } from './api-server.testing.ts';
import { createApp } from './app.ts';
import { ENVIRONMENTS, LOAD_TESTS } from './environments.ts';
import { CHART_DIRECTORY } from './helm/files.ts';
import { createLoadTest } from './load-test.ts';
import { ENVIRONMENT_NAMES, type Manifest, objectsOf, podTemplates } from './objects.testing.ts';
import { noCluster } from './rig.testing.ts';

/** Kinds whose CRD the rig lacks; they are asked for where a cluster has them. */
const RARE_KINDS = ['TriggerAuthentication'];

const EXISTING_SERVERS = [
  'kafka.create=false',
  'kafka.existing.bootstrap=kafka.example.com:9092',
  'cassandra.create=false',
  'cassandra.existing.contactPoints=cassandra.example.com:9042',
  'cassandra.existing.credentialsSecret=cassandra',
  'access.anonymous=true',
  'autoscaling.enabled=false',
  'ingress.tlsSecret=',
];

const CHART_VALUES = {
  'its own values': [],
  'existing servers': EXISTING_SERVERS,
  'existing secured servers': [...EXISTING_SERVERS, 'kafka.existing.secured=true'],
  'a storage class, no zones, no backups': [
    'kafka.storage.className=fast',
    'cassandra.storage.className=fast',
    'kafka.zones=false',
    'cassandra.backups.enabled=false',
  ],
  'neither ingress nor policies': ['ingress.enabled=false', 'networkPolicies.enabled=false'],
  'pages of other origins, under a path': [
    'pages.basePath=/kaiseki',
    'pages.origins=https://shop.example',
    'pages.idToken.issuer=https://access.line.me',
    'pages.idToken.audience=a-client',
    'pages.idToken.keysUrl=https://api.line.me/oauth2/v2.1/certs',
  ],
};

describe.skipIf(noCluster !== undefined)(`manifests on a real API server${noCluster ? ` (skipped: ${noCluster})` : ''}`, () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await askApiServer();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  const expectAccepted = (yaml: string) => expect(server.wouldAccept(yaml)).toEqual({ accepted: true, complaints: '' });
  const known = (objects: readonly Manifest[]) => objects.filter(({ kind }) => !RARE_KINDS.includes(kind) || server.knows(kind));

  it('a wrong object is refused: the question is a real one', () => {
    const [topic] = objectsOf('kind').filter(({ kind }) => kind === 'KafkaTopic');
    const wrong = { ...topic, metadata: { name: 'wrong' }, spec: { partitions: 0, replica: 1 } };
    expect(server.wouldAccept(Yaml.stringify(wrong)).accepted).toBe(false);
  });

  it.each(ENVIRONMENT_NAMES)('every object of %s, and its load test, is accepted', (environment) => {
    const settings = { ...ENVIRONMENTS[environment], namespace: server.namespace };
    const apps = [createApp(settings, 'dist/never-written'), createLoadTest(settings, LOAD_TESTS[environment], 'dist/never-written')];
    const charts = apps.flatMap((app) => app.charts);
    const objects = charts.flatMap((chart): Manifest[] => chart.toJson()).filter(({ kind }) => kind !== 'Namespace');
    expectAccepted(Yaml.stringify(...known(objects)));
  });

  it.each(ENVIRONMENT_NAMES)('the namespace of %s is accepted', (environment) => {
    expectAccepted(Yaml.stringify(...objectsOf(environment).filter(({ kind }) => kind === 'Namespace')));
  });

  it.each(ENVIRONMENT_NAMES)('every pod of %s is let in where only restricted ones are', (environment) => {
    const pods = [...podTemplates(objectsOf(environment))].map(([name, { metadata, spec }]) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: name.toLowerCase().replace('/', '-'), labels: metadata.labels },
      // The accounts are not there in a dry run.
      spec: { ...spec, serviceAccountName: 'default' },
    }));
    expectAccepted(Yaml.stringify(...pods));
  });

  it('helm finds nothing wrong with the chart', () => {
    expect(server.helm('lint', '--strict', CHART_DIRECTORY)).toContain('0 chart(s) failed');
  });

  describe.each(Object.entries(CHART_VALUES))('the chart with %s', (_, values) => {
    it.each([['install', []] as const, ['upgrade', ['--is-upgrade']] as const])('is accepted at %s', (_step, options) => {
      const rendered = server.helm(
        'template',
        'kaiseki',
        CHART_DIRECTORY,
        '-n',
        server.namespace,
        ...options,
        ...values.flatMap((value) => ['--set', value]),
      );
      const objects = parseAllDocuments(rendered).flatMap((document): Manifest[] => document.toJS() ?? []);
      expectAccepted(Yaml.stringify(...known(objects)));
    });
  });
});
