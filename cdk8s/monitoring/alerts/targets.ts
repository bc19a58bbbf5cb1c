/** What Prometheus cannot see, no other alert can tell of. */
import { SERVICES } from '../../settings.ts';
import type { Alert } from '../alert.ts';
import { JOBS } from '../pod-monitors.ts';

/** `absent` gives the label only where it gets a plain selector. */
const noneOf = (workload: string) => `absent(up{workload="${workload}"})`;

export const TARGET_ALERTS: readonly Alert[] = [
  {
    name: 'KaisekiTargetDown',
    expr: [`min by (namespace, workload, pod) (up{job=~"${JOBS}"}) == 0`, ...SERVICES.map(noneOf)].join('\nor '),
    for: '5m',
    severity: 'critical',
    summary: 'Prometheus gets no metrics of {{ $labels.workload }}{{ with $labels.pod }} ({{ . }}){{ end }}.',
    description: 'The pod is down or does not answer; or there is none. Alerts about it are silent meanwhile.',
  },
];
