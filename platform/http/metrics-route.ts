/** Metrics: /metrics, on the server that everybody reaches and on a listener that only Prometheus does. */
import type { Metrics } from '#platform/metrics/metrics.ts';
import type { Role, Route } from './route.ts';

/**
 * @param role `read` beside other routes: totals that a key protects are among the metrics. `open` on a listener of
 * its own, which nobody but Prometheus is to reach.
 */
export function metricsRoute(metrics: Metrics, role: Role): Route {
  return {
    method: 'get',
    path: '/metrics',
    summary: 'Metrics in the text format of Prometheus',
    tag: 'operations',
    role,
    responses: { 200: { description: 'All metrics of the process.', content: { 'text/plain': undefined } } },
    async handle(context) {
      const text = await metrics.render();
      context.set('Content-Type', metrics.contentType);
      context.body = text;
    },
  };
}
