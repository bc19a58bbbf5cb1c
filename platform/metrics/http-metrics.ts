/** Rate, errors and duration of the HTTP server. */
import { type Declarations, DURATION_BUCKETS_S } from './declare.ts';

export type HttpMetrics = ReturnType<typeof declareHttpMetrics>;

/** The label of a status: `2xx` … `5xx`. */
export function statusClass(status: number): string {
  return `${Math.floor(status / 100)}xx`;
}

export function declareHttpMetrics(declare: Declarations) {
  return {
    requests: declare.counter(
      'kaiseki_http_requests_total',
      ['method', 'route', 'status'],
      'Requests answered, by the class of their status (2xx to 5xx). The route is its template, never a path with an id in it.',
    ),
    duration: declare.histogram(
      'kaiseki_http_request_duration_seconds',
      ['method', 'route', 'status'],
      DURATION_BUCKETS_S,
      'From the request’s head to the end of its answer.',
    ),
    inFlight: declare.gauge('kaiseki_http_requests_in_flight', [], 'Requests that have arrived and are not answered yet.'),
  };
}
