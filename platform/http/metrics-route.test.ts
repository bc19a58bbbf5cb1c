import { expect, it } from 'vitest';
import { createMetrics } from '#platform/metrics/metrics.ts';
import { ask, LOOPBACK, serve } from './http.testing.ts';
import { metricsRoute } from './metrics-route.ts';

const KEYED = { ...LOOPBACK, apiKeys: [{ role: 'read', key: 'read-0123456789' }] } as const;

it('/metrics is text for Prometheus', async () => {
  const metrics = createMetrics();
  const routes = [metricsRoute(metrics, 'read')];
  const { url } = await serve(routes, { metrics });
  const { text, headers } = await ask(url, routes, '/metrics');
  expect(headers.get('content-type')).toContain('version=0.0.4');
  expect(text).toContain('# TYPE kaiseki_http_requests_total counter');
});

it('/metrics needs a key where there are keys, beside other routes', async () => {
  const routes = [metricsRoute(createMetrics(), 'read')];
  const { url } = await serve(routes, { settings: KEYED });
  expect((await ask(url, routes, '/metrics')).status).toBe(401);
  expect((await ask(url, routes, '/metrics', { headers: { 'x-api-key': 'read-0123456789' } })).status).toBe(200);
});
