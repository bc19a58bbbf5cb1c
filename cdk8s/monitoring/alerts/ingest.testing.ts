import type { Scenario } from '../alert.testing.ts';

const kaiseki = { namespace: 'kaiseki' };
const ACCEPTED = 'kaiseki_ingest_orders_accepted_total{namespace="kaiseki",pod="ingest-1"}';
const refused = (reason: string) => `kaiseki_ingest_orders_refused_total{namespace="kaiseki",pod="ingest-1",reason="${reason}"}`;
const queue = (metric: string, pod = 'ingest-1') => `kaiseki_ingest_queue_${metric}{namespace="kaiseki",pod="${pod}"}`;
const requests = (workload: string, route: string, status: string) =>
  `kaiseki_http_requests_total{namespace="kaiseki",workload="${workload}",method="POST",route="${route}",status="${status}"}`;

export const INGEST_SCENARIOS: readonly Scenario[] = [
  {
    alert: 'KaisekiIngestRefusing',
    given: 'the queue is full for some, and Kafka does not confirm others',
    samples: { [ACCEPTED]: '0+92x40', [refused('overload')]: '0+6x40', [refused('unconfirmed')]: '0+2x40' },
    at: '15m',
    fires: [{ labels: kaiseki, summary: 'Ingest refuses 8% of the orders in kaiseki.' }],
  },
  {
    alert: 'KaisekiIngestRefusing',
    given: 'orders that break a rule are the clients’ fault',
    samples: { [ACCEPTED]: '0+50x40', [refused('invalid')]: '0+50x40', [refused('overload')]: '0x40' },
    at: '15m',
    fires: [],
  },
  {
    alert: 'KaisekiIngestQueueNearFull',
    given: 'one of two pods has no room for more orders, and processes without a queue report zeros',
    samples: {
      [queue('orders')]: '45000x20',
      [queue('limit_orders')]: '50000x20',
      [queue('bytes')]: '1000x20',
      [queue('limit_bytes')]: '67108864x20',
      [queue('orders', 'ingest-2')]: '10x20',
      [queue('limit_orders', 'ingest-2')]: '50000x20',
      [queue('orders', 'live-1')]: '0x20',
      [queue('limit_orders', 'live-1')]: '0x20',
    },
    at: '5m',
    fires: [{ labels: { ...kaiseki, limit: 'orders' }, summary: 'A queue of ingest in kaiseki is 90% full (orders).' }],
  },
  {
    alert: 'KaisekiIngestQueueNearFull',
    given: 'few orders, but large ones',
    samples: {
      [queue('orders')]: '100x20',
      [queue('limit_orders')]: '50000x20',
      [queue('bytes')]: '95x20',
      [queue('limit_bytes')]: '100x20',
    },
    at: '5m',
    fires: [{ labels: { ...kaiseki, limit: 'bytes' }, summary: 'A queue of ingest in kaiseki is 95% full (bytes).' }],
  },
  {
    alert: 'KaisekiIngestQueueNearFull',
    given: 'half full',
    samples: { [queue('orders')]: '25000x20', [queue('limit_orders')]: '50000x20' },
    at: '5m',
    fires: [],
  },
  {
    alert: 'KaisekiHttpErrors',
    given: 'one workload of two answers every fifth request with 5xx',
    samples: {
      [requests('ingest', '/api/log', '2xx')]: '0+80x40',
      [requests('ingest', '/api/log', '5xx')]: '0+20x40',
      [requests('summary', '/api/segments', '2xx')]: '0+99x40',
      [requests('summary', '/api/segments', '5xx')]: '0+1x40',
    },
    at: '15m',
    fires: [{ labels: { ...kaiseki, workload: 'ingest' }, summary: 'ingest in kaiseki answers 20% of its requests with 5xx.' }],
  },
  {
    alert: 'KaisekiHttpErrors',
    given: 'a probe that hears 503 is no client',
    samples: { [requests('counter', '/readyz', '5xx')]: '0+10x40', [requests('counter', '/api/hot', '2xx')]: '0+1x40' },
    at: '15m',
    fires: [],
  },
];
