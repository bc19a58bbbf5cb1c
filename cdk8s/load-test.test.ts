import { describe, expect, it } from 'vitest';
import { readOrderSettings } from '../loadtest/orders/settings.ts';
import { ENVIRONMENTS, type EnvironmentName, LOAD_TESTS } from './environments.ts';
import { createLoadTest } from './load-test.ts';
import { scriptFiles } from './load-test-scripts.ts';
import { ENVIRONMENT_NAMES, find, type Manifest, objectsOf, podTemplates } from './objects.testing.ts';

/** What loadtest/orders/ allows: k6's setup, and the requests that are under way when sending ends. */
const SETUP_S = 60;
const LAST_REQUESTS_S = 150;

function loadTestOf(environment: EnvironmentName): readonly Manifest[] {
  return createLoadTest(ENVIRONMENTS[environment], LOAD_TESTS[environment], 'dist/never-written').charts.flatMap((chart): Manifest[] =>
    chart.toJson(),
  );
}

describe.each(ENVIRONMENT_NAMES)('the load test of %s', (environment) => {
  const objects = loadTestOf(environment);
  const { metadata, spec } = podTemplates(objects).get('Job/load-test') ?? {};
  const [container] = spec?.containers ?? [];

  it('is applied only when it is asked for', () => {
    expect(objects.map(({ kind }) => kind)).toEqual(['ServiceAccount', 'ConfigMap', 'Job']);
    expect(JSON.stringify(objectsOf(environment))).not.toContain('k6');
  });

  it('runs once, restricted, with limits, where the policies let it reach the workloads', () => {
    expect(find(objects, 'Job', 'load-test').spec).toMatchObject({ backoffLimit: 0 });
    expect(metadata?.labels).toMatchObject({ 'app.kubernetes.io/part-of': 'kaiseki' });
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(Object.keys(container?.resources.limits ?? {}).sort()).toEqual(['cpu', 'ephemeral-storage', 'memory']);
  });

  it('is ended when it hangs, and never while it does what it is for', () => {
    const { variables } = LOAD_TESTS[environment];
    const { profile, orders, rate, duration_s, settle_s } = readOrderSettings(variables, { batch: 1, rate: 100 });
    const sending_s = profile === 'replay' ? orders / rate : duration_s;
    const needed_s = SETUP_S + sending_s + LAST_REQUESTS_S + 2 * settle_s;
    const { activeDeadlineSeconds } = find(objects, 'Job', 'load-test').spec;
    expect(activeDeadlineSeconds).toBeGreaterThan(needed_s);
    expect(activeDeadlineSeconds).toBeLessThan(3 * needed_s);
  });

  it('asks the Services that there are', () => {
    for (const name of ['INGEST_URL', 'SUMMARY_URL', 'LIVE_URL']) {
      const url = container?.env.find((variable) => variable.name === name)?.value ?? '';
      find(objectsOf(environment), 'Service', new URL(url).hostname);
    }
  });

  it('takes keys from a Secret, where there are keys', () => {
    const keys = container?.env.find(({ name }) => name === 'KAISEKI_API_KEYS');
    const secretKeyRef = { name: 'kaiseki-api-keys', key: 'keys' };
    expect(keys).toEqual(environment === 'kind' ? undefined : { name: 'KAISEKI_API_KEYS', valueFrom: { secretKeyRef } });
  });
});

it('a script comes with everything that it imports, and no more', () => {
  const files = scriptFiles('loadtest/orders.ts');
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['loadtest/orders.ts', 'loadtest/orders/check.ts', 'platform/random/zipf.ts']));
  expect(paths).toContain('workloads/orders/replay/sample-stream.ts');
  expect(paths.filter((path) => !/^(loadtest|platform\/random|workloads\/orders\/replay\/sample-stream)/.test(path))).toEqual([]);
  for (const { key } of files) expect(key).toMatch(/^[-._a-zA-Z0-9]+$/);
});
