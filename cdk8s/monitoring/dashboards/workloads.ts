/** Rate, errors and duration of each workload's requests, and what its processes use. */
import { THRESHOLDS } from '../thresholds.ts';
import { type Dashboard, IN_NAMESPACE } from './dashboard.ts';
import { figure, lines } from './panels.ts';
import { Bytes, PercentUnit, RequestsPerSecond, Seconds, Short } from './units.ts';

const EACH = '{{workload}}';

export const WORKLOADS: Dashboard = {
  uid: 'kaiseki-workloads',
  title: 'Kaiseki / Workloads',
  description: 'Rate, errors, duration; CPU, memory, event loop.',
  presence: 'kaiseki_build_info',
  rows: [
    {
      title: 'Pods that answer',
      panels: [
        figure({
          title: 'Pods',
          unit: Short,
          queries: [{ expr: `sum by (workload) (up{${IN_NAMESPACE}})`, legend: EACH }],
          limit: { below: 1 },
        }),
      ],
    },
    {
      title: 'Requests',
      panels: [
        lines({
          title: 'Rate',
          unit: RequestsPerSecond,
          queries: [{ expr: `sum by (workload) (kaiseki_workload:http_requests:rate5m{${IN_NAMESPACE}})`, legend: EACH }],
        }),
        lines({
          title: 'Errors (5xx)',
          unit: PercentUnit,
          queries: [{ expr: `kaiseki_workload:http_errors:ratio_rate5m{${IN_NAMESPACE}}`, legend: EACH }],
          limit: { above: THRESHOLDS.httpErrorShare },
        }),
        lines({
          title: 'Duration, 99 of 100',
          unit: Seconds,
          queries: [{ expr: `kaiseki_workload:http_request_duration_seconds:p99_rate5m{${IN_NAMESPACE}}`, legend: EACH }],
        }),
        lines({
          title: 'Duration, half of them',
          unit: Seconds,
          queries: [{ expr: `kaiseki_workload:http_request_duration_seconds:p50_rate5m{${IN_NAMESPACE}}`, legend: EACH }],
        }),
        lines({
          title: 'Refused (4xx)',
          unit: RequestsPerSecond,
          queries: [{ expr: `sum by (workload) (kaiseki_workload:http_requests:rate5m{${IN_NAMESPACE}, status="4xx"})`, legend: EACH }],
        }),
        lines({
          title: 'In flight',
          unit: Short,
          queries: [{ expr: `sum by (workload) (kaiseki_http_requests_in_flight{${IN_NAMESPACE}})`, legend: EACH }],
        }),
      ],
    },
    {
      title: 'Processes',
      panels: [
        lines({
          title: 'CPU',
          unit: 'suffix: cores',
          queries: [{ expr: `rate(kaiseki_process_cpu_seconds_total{${IN_NAMESPACE}}[5m])`, legend: '{{pod}}' }],
        }),
        lines({
          title: 'Memory',
          unit: Bytes,
          queries: [{ expr: `kaiseki_process_resident_memory_bytes{${IN_NAMESPACE}}`, legend: '{{pod}}' }],
        }),
        lines({
          title: 'Event loop delay, 99 of 100',
          unit: Seconds,
          queries: [{ expr: `kaiseki_nodejs_eventloop_lag_p99_seconds{${IN_NAMESPACE}}`, legend: '{{pod}}' }],
        }),
      ],
    },
    {
      title: 'Log and tables, as the workloads see them',
      panels: [
        lines({
          title: 'Calls to the log, 99 of 100',
          unit: Seconds,
          queries: [
            {
              expr: `histogram_quantile(0.99, sum by (operation, le) (rate(kaiseki_log_operation_duration_seconds_bucket{${IN_NAMESPACE}}[5m])))`,
              legend: '{{operation}}',
            },
          ],
        }),
        lines({
          title: 'Calls to the tables, 99 of 100',
          unit: Seconds,
          queries: [
            {
              expr: `histogram_quantile(0.99, sum by (operation, le) (rate(kaiseki_tables_operation_duration_seconds_bucket{${IN_NAMESPACE}}[5m])))`,
              legend: '{{operation}}',
            },
          ],
        }),
      ],
    },
  ],
};
