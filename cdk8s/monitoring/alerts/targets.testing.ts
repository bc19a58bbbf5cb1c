import { SERVICES } from '../../settings.ts';
import type { Scenario } from '../alert.testing.ts';

const up = (workload: string, pod: string, monitor = 'kaiseki-workloads') =>
  `up{job="kaiseki/${monitor}",namespace="kaiseki",workload="${workload}",pod="${pod}"}`;
const all = Object.fromEntries(SERVICES.map((name) => [up(name, `${name}-1`), '1x20']));

export const TARGET_SCENARIOS: readonly Scenario[] = [
  {
    alert: 'KaisekiTargetDown',
    given: 'one of two pods and a broker do not answer',
    samples: { ...all, [up('counter', 'counter-2')]: '0x20', [up('kafka', 'kaiseki-broker-1', 'kaiseki-kafka')]: '0x20' },
    at: '8m',
    fires: [
      {
        labels: { namespace: 'kaiseki', workload: 'counter', pod: 'counter-2' },
        summary: 'Prometheus gets no metrics of counter (counter-2).',
      },
      {
        labels: { namespace: 'kaiseki', workload: 'kafka', pod: 'kaiseki-broker-1' },
        summary: 'Prometheus gets no metrics of kafka (kaiseki-broker-1).',
      },
    ],
  },
  {
    alert: 'KaisekiTargetDown',
    given: 'there is no ingest at all',
    samples: Object.fromEntries(Object.entries(all).filter(([series]) => !series.includes('workload="ingest"'))),
    at: '8m',
    fires: [{ labels: { workload: 'ingest' }, summary: 'Prometheus gets no metrics of ingest.' }],
  },
  {
    alert: 'KaisekiTargetDown',
    given: 'everything answers; what is not ours does not',
    samples: { ...all, 'up{job="other/app",namespace="other",workload="counter",pod="x"}': '0x20' },
    at: '8m',
    fires: [],
  },
];
