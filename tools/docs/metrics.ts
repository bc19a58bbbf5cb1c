/** docs/reference/metrics.md, from the metrics that the program declares. */
import type { MetricDescription } from '#platform/metrics/declare.ts';
import { createProgramMetrics } from '#workloads/metrics.ts';
import { type Document, markdownTable, page } from './document.ts';

export function metricsDocuments(): readonly Document[] {
  const sections = [...Map.groupBy(createProgramMetrics().descriptions(), subjectOf)].flatMap(([subject, ofSubject]) => [
    `## ${subject}`,
    '',
    markdownTable(['metric', 'type', 'labels', 'meaning'], ofSubject.map(rowOf)),
    '',
  ]);
  const text = page('Metrics', 'the metrics that the program declares (workloads/metrics.ts)', [
    '`GET /metrics` of every process, in the text format of Prometheus. Where there are API keys, it needs one of the role `read`, but not at',
    '`KAISEKI_METRICS_PORT`, a port for metrics alone. Units are base units (seconds, bytes); a counter ends in `_total`; no label ever holds a user.',
    '`GET /api/hot` names the busy users.',
    '',
    'Beside these there are those of the Node process (CPU, memory, event loop, garbage collection), as prom-client collects them, under',
    '`kaiseki_process_…` and `kaiseki_nodejs_…`.',
    '',
    ...sections,
  ]);
  return [{ path: 'docs/reference/metrics.md', text: `${text.trimEnd()}\n` }];
}

/** `http` of `kaiseki_http_requests_total`. */
function subjectOf({ name }: MetricDescription): string {
  return name.split('_')[1] ?? name;
}

function rowOf({ name, type, labels, help }: MetricDescription): string[] {
  return [`\`${name}\``, type, labels.map((label) => `\`${label}\``).join(', '), help];
}
