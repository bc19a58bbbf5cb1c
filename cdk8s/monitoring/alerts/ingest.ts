/** Orders that do not get in. */
import type { Alert } from '../alert.ts';
import { THRESHOLDS } from '../thresholds.ts';

export const INGEST_ALERTS: readonly Alert[] = [
  {
    name: 'KaisekiIngestRefusing',
    expr: `kaiseki:ingest_orders_not_taken:ratio_rate5m > ${THRESHOLDS.refusedShare}`,
    for: '5m',
    severity: 'critical',
    summary: 'Ingest refuses {{ $value | humanizePercentage }} of the orders in {{ $labels.namespace }}.',
    description:
      'Clients get 503: too many orders wait for Kafka, or Kafka does not confirm. Nothing that got 202 is lost; what got 503 has to be sent again.',
  },
  {
    name: 'KaisekiIngestQueueNearFull',
    expr: `kaiseki:ingest_queue:ratio > ${THRESHOLDS.queueShare}`,
    for: '2m',
    severity: 'warning',
    summary: 'A queue of ingest in {{ $labels.namespace }} is {{ $value | humanizePercentage }} full ({{ $labels.limit }}).',
    description: 'Orders arrive faster than Kafka confirms them. When the queue is full, clients get 503.',
  },
  {
    name: 'KaisekiHttpErrors',
    expr: `kaiseki_workload:http_errors:ratio_rate5m > ${THRESHOLDS.httpErrorShare}`,
    for: '5m',
    severity: 'warning',
    summary: '{{ $labels.workload }} in {{ $labels.namespace }} answers {{ $value | humanizePercentage }} of its requests with 5xx.',
    description: 'The workload is up, but cannot do its work: mostly because Kafka or Cassandra does not answer it.',
  },
];
