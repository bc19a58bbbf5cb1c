import { describe, expect, it } from 'vitest';
import { loadSettings } from '#workloads/settings.ts';
import { createApp } from './app.ts';
import { ENVIRONMENTS } from './environments.ts';
import { ENVIRONMENT_NAMES, find, type Manifest, objectsOf, podTemplates } from './objects.testing.ts';
import { type PagesSettings, SERVICES } from './settings.ts';

/** What the program would read in this pod; a Secret's value is anything. */
function environmentOf(env: readonly { readonly name: string; readonly value?: string }[]): Record<string, string> {
  const entries = env.map(({ name, value }) => [name, value ?? (name === 'KAISEKI_API_KEYS' ? `read:${'k'.repeat(20)}` : 'secret')]);
  // The file is mounted in the pod, not here; its own test is the program's.
  return Object.fromEntries(entries.filter(([name]) => name !== 'KAFKA_TLS_CA_FILE'));
}

const pods = ENVIRONMENT_NAMES.flatMap((environment) =>
  [...podTemplates(objectsOf(environment))].map(([name, template]) => ({ environment, name, template })),
);

it.each(pods)('the program understands the settings of $environment $name', ({ name, template }) => {
  const settings = loadSettings(environmentOf(template.spec.containers[0]?.env ?? []));
  expect(settings.cassandra?.contactPoints).toEqual(['kaiseki-dc1-service:9042']);
  if (!name.startsWith('Job/migrate')) expect(settings.kafka?.brokers[0]).toMatch(/^kaiseki-kafka-bootstrap:909[23]$/);
  expect(settings.orders.layout.shards).toBe(12);
});

describe('pages of other origins', () => {
  const idToken = {
    issuer: 'https://access.line.me',
    audience: '1234567890',
    keysUrl: 'https://api.line.me/oauth2/v2.1/certs',
  };
  const none = ENVIRONMENTS.production.pages;
  const objectsWith = (pages: Partial<PagesSettings>): readonly Manifest[] => {
    const app = createApp({ ...ENVIRONMENTS.production, pages: { ...none, ...pages } }, 'dist/never-written');
    return app.charts.flatMap((chart): Manifest[] => chart.toJson());
  };
  const httpOf = (objects: readonly Manifest[], name: string) =>
    loadSettings(environmentOf(podTemplates(objects).get(`Deployment/${name}`)?.spec.containers[0]?.env ?? [])).http;

  it('may ask every workload, and send to ingest with their publishable key', () => {
    const objects = objectsWith({ origins: 'https://shop.example', publishableKeys: 'pk_snack-shop-01234567@https://shop.example' });
    for (const name of SERVICES) expect(httpOf(objects, name).origins, name).toEqual(['https://shop.example']);
    expect(httpOf(objects, 'ingest').publishableKeys).toEqual([{ key: 'pk_snack-shop-01234567', origins: ['https://shop.example'] }]);
    for (const name of ['counter', 'summary', 'live']) expect(httpOf(objects, name).publishableKeys, name).toEqual([]);
  });

  it('may send with an ID token, whose issuer ingest, and nobody else, can then reach', () => {
    const objects = objectsWith({ origins: 'https://shop.example', idToken });
    expect(httpOf(objects, 'ingest').idTokens).toEqual(idToken);
    expect(httpOf(objects, 'summary').idTokens).toBeUndefined();
    expect(find(objects, 'NetworkPolicy', 'ingest-to-issuer').spec).toEqual({
      podSelector: find(objects, 'NetworkPolicy', 'ingress-to-ingest').spec.podSelector,
      policyTypes: ['Egress'],
      egress: [{ ports: [{ protocol: 'TCP', port: 443 }] }],
    });
    const without = objectsWith({}).filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'ingest-to-issuer');
    expect(without).toEqual([]);
  });

  it('are clients of their own behind the Ingress, which may lead to a path', () => {
    const objects = objectsWith({ basePath: '/kaiseki' });
    for (const name of SERVICES) expect(httpOf(objects, name), name).toMatchObject({ proxies: 1, basePath: '/kaiseki' });
    const paths = JSON.stringify(find(objects, 'Ingress', 'kaiseki')).match(/"path":"[^"]*"/g);
    expect(paths).toEqual(['"path":"/kaiseki/api/log"', '"path":"/kaiseki/live"', '"path":"/kaiseki/"']);
  });
});
