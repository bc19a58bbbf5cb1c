/** What became of the orders that clients sent, and the queue in which they wait for the log. */
import type { Declarations } from '#platform/metrics/declare.ts';

export type IngestMetrics = ReturnType<typeof declareIngestMetrics>;

/**
 * Why an order was not accepted: the body could not be read; too many bytes or orders; the order broke a rule;
 * too many waited for the log; the log did not confirm it; a page had sent all that it may.
 */
export const REFUSAL_REASONS = ['malformed', 'too_large', 'invalid', 'overload', 'unconfirmed', 'limited'] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

export function declareIngestMetrics(declare: Declarations) {
  return {
    accepted: declare.counter('kaiseki_ingest_orders_accepted_total', [], 'Orders that are durable in the log.'),
    refused: declare.counter(
      'kaiseki_ingest_orders_refused_total',
      ['reason'],
      'Orders that were not accepted: malformed, too_large, invalid, overload (too many waited for the log), unconfirmed (the log did not confirm them; they may be in it), limited (a page had sent all that it may). A body that could not be read counts as one.',
    ),
    queueOrders: declare.gauge('kaiseki_ingest_queue_orders', [], 'Orders taken in and not yet durable.'),
    queueBytes: declare.gauge('kaiseki_ingest_queue_bytes', [], 'Bytes of the orders taken in and not yet durable.'),
    queueLimitOrders: declare.gauge('kaiseki_ingest_queue_limit_orders', [], 'Orders at which the queue is full and requests get 503.'),
    queueLimitBytes: declare.gauge('kaiseki_ingest_queue_limit_bytes', [], 'Bytes at which the queue is full and requests get 503.'),
  };
}
