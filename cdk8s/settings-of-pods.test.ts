import { expect, it } from 'vitest';
import { loadSettings } from '#workloads/settings.ts';
import { ENVIRONMENT_NAMES, objectsOf, podTemplates } from './objects.testing.ts';

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
