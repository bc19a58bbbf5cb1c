import { describe, expect, it } from 'vitest';
import { WORKLOAD_NAMES } from '#workloads/catalogue.ts';
import { DRIFT_EXIT_CODE } from '#workloads/orders/daily/daily-report.ts';
import { ENVIRONMENT_NAMES, find, objectsOf, podTemplates } from './objects.testing.ts';
import { SERVICES } from './settings.ts';

/** Of a container's log, before a kubelet with its own settings drops the oldest: five files of 10 MiB. */
const LOG_MIB_MAX = 50;
const EXPECTED_PODS = ['CronJob/daily', ...SERVICES.map((name) => `Deployment/${name}`)];

describe.each(ENVIRONMENT_NAMES)('the pods of %s', (environment) => {
  const objects = objectsOf(environment);
  const templates = podTemplates(objects);
  const containers = [...templates].flatMap(([name, { spec }]) =>
    [...spec.containers, ...(spec.initContainers ?? [])].map((container) => ({ name, container })),
  );

  it('are those of every workload of the catalogue, and the migration', () => {
    const names = [...templates.keys()].map((name) => name.replace(/^Job\/migrate-.*/, 'Job/migrate')).sort();
    expect(names).toEqual([...EXPECTED_PODS, 'Job/migrate'].sort());
    const run = containers.map(({ container }) => container.args[0]);
    expect(run).toEqual(expect.arrayContaining([...WORKLOAD_NAMES]));
  });

  it('keep to the Pod Security standard "restricted", on a read-only root', () => {
    for (const [, { spec }] of templates) {
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(spec).not.toHaveProperty('hostNetwork');
      expect(spec).not.toHaveProperty('hostPID');
    }
    for (const { container } of containers) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it('have a ServiceAccount of their own, and no token', () => {
    for (const [, { spec }] of templates) {
      expect(spec.automountServiceAccountToken).toBe(false);
      expect(find(objects, 'ServiceAccount', spec.serviceAccountName)).toMatchObject({ automountServiceAccountToken: false });
    }
    expect(new Set([...templates.values()].map(({ spec }) => spec.serviceAccountName)).size).toBe(templates.size);
  });

  it('say what they need and what they may take', () => {
    for (const { container } of containers) {
      expect(Object.keys(container.resources.requests).sort()).toEqual(['cpu', 'ephemeral-storage', 'memory']);
      expect(Object.keys(container.resources.limits).sort()).toEqual(['cpu', 'ephemeral-storage', 'memory']);
      expect(container.resources.limits.memory).toBe(container.resources.requests.memory);
    }
  });

  it('use the image that is there', () => {
    for (const { container } of containers) expect(container.imagePullPolicy).toBe('IfNotPresent');
    expect(new Set(containers.map(({ container }) => container.image)).size).toBe(1);
  });

  it('take every password and key from a Secret', () => {
    for (const { container } of containers) {
      const secret = container.env.filter(({ name }) => /PASSWORD|API_KEYS|CASSANDRA_USERNAME/.test(name));
      expect(secret.length).toBeGreaterThan(0);
      for (const variable of secret) {
        expect(variable).not.toHaveProperty('value');
        expect(variable.valueFrom?.secretKeyRef?.name).toMatch(/^kaiseki-/);
      }
    }
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  it.each(SERVICES)('%s is asked whether it lives and is ready, and drains before it ends', (name) => {
    const { spec } = templates.get(`Deployment/${name}`) ?? {};
    const [container] = spec?.containers ?? [];
    expect(container?.startupProbe?.httpGet?.path).toBe('/livez');
    expect(container?.livenessProbe?.httpGet?.path).toBe('/livez');
    expect(container?.readinessProbe?.httpGet?.path).toBe('/readyz');
    expect(container?.lifecycle?.preStop).toBeDefined();
    // 5 s of the preStop and 20 s of the stop itself.
    expect(spec?.terminationGracePeriodSeconds).toBeGreaterThan(25);
  });

  it.each(SERVICES)('%s has its pods on different machines and in different zones, where there are any, after a roll-out too', (name) => {
    const { metadata, spec } = templates.get(`Deployment/${name}`) ?? {};
    const matchLabels = find(objects, 'Service', name).spec.selector;
    expect(metadata?.labels).toMatchObject(matchLabels as object);
    expect(spec?.affinity).toEqual({
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels } } },
        ],
      },
    });
    expect(spec?.topologySpreadConstraints).toEqual(
      ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
        topologyKey,
        maxSkew: 1,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels },
        matchLabelKeys: ['pod-template-hash'],
      })),
    );
  });

  it('have room on the disk for their /tmp and their log', () => {
    for (const [, { spec }] of templates) {
      const volumes_mib = (spec.volumes ?? []).map(({ emptyDir }) => Number(emptyDir?.sizeLimit?.replace('Mi', '') ?? 0));
      for (const { resources } of spec.containers) {
        const limit_mib = Number(resources.limits['ephemeral-storage']?.replace('Mi', ''));
        expect(limit_mib).toBeGreaterThan(volumes_mib.reduce((sum, mib) => sum + mib, 0) + LOG_MIB_MAX);
      }
    }
  });

  it.each(SERVICES)('%s has a Service and a PodDisruptionBudget that find its pods', (name) => {
    const labels = templates.get(`Deployment/${name}`)?.metadata.labels ?? {};
    const service = find(objects, 'Service', name).spec.selector;
    expect(labels).toMatchObject(service as object);
    expect(find(objects, 'PodDisruptionBudget', name).spec.selector).toEqual({ matchLabels: service });
  });

  it('all bear the recommended labels', () => {
    for (const [, { metadata }] of templates) {
      for (const label of ['name', 'instance', 'version', 'component', 'part-of', 'managed-by']) {
        expect(metadata.labels).toHaveProperty([`app.kubernetes.io/${label}`]);
      }
    }
  });
});

it('anonymous access is for kind alone', () => {
  const variables = (environment: 'kind' | 'production') =>
    podTemplates(objectsOf(environment))
      .get('Deployment/ingest')
      ?.spec.containers[0]?.env.map(({ name }) => name);
  expect(variables('kind')).toContain('KAISEKI_ALLOW_ANONYMOUS');
  expect(variables('production')).not.toContain('KAISEKI_ALLOW_ANONYMOUS');
  expect(variables('production')).toContain('KAISEKI_API_KEYS');
});

it('the daily recount runs in the time zone of the days, never twice at once', () => {
  expect(find(objectsOf('production'), 'CronJob', 'daily').spec).toMatchObject({
    schedule: '10 0 * * *',
    timeZone: 'Asia/Tokyo',
    concurrencyPolicy: 'Forbid',
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 5,
  });
});

it('a recount that found drift is not tried again: the Job fails at once, which an alert waits for', () => {
  expect(find(objectsOf('kind'), 'CronJob', 'daily').spec).toMatchObject({
    jobTemplate: {
      spec: {
        podFailurePolicy: {
          rules: [{ action: 'FailJob', onExitCodes: { containerName: 'daily', operator: 'In', values: [DRIFT_EXIT_CODE] } }],
        },
      },
    },
  });
});
