import { expect, it } from 'vitest';
import { createMetrics } from '#platform/metrics/metrics.ts';
import { createProgramMetrics } from './metrics.ts';

it('every metric has the prefix, a help text, base units and no label that could hold a user', () => {
  const descriptions = createProgramMetrics().descriptions();
  expect(descriptions.length).toBeGreaterThan(30);
  for (const { name, type, labels, help } of descriptions) {
    expect(name).toMatch(/^kaiseki_[a-z][a-z0-9_]*$/);
    expect(name).not.toMatch(/_(ms|milliseconds|minutes|kilobytes|percent)(_|$)/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(help).toMatch(/^[^\s].+\.$/s);
    for (const label of labels) expect(label).not.toMatch(/user|key|order_id/);
  }
});

it('the platform declares what every system has; the rest is the systems’', () => {
  const subjects = new Set(
    createMetrics()
      .descriptions()
      .map(({ name }) => name.split('_')[1]),
  );
  expect([...subjects]).toEqual(['build', 'cache', 'consumer', 'delay', 'fold', 'http', 'log', 'tables']);
});
