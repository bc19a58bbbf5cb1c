/** What the orders say: the live totals, for dashboards. There are as many series as the menu has menu types. */
import type { Declarations } from '#platform/metrics/declare.ts';

export function declareSegmentMetrics(declare: Declarations) {
  return {
    orders: declare.gauge(
      'kaiseki_segment_orders',
      ['dimension', 'segment'],
      'Orders of the menu type of all time, as every `live` has heard of them. Take the max by (dimension, segment).',
    ),
    users: declare.gauge(
      'kaiseki_segment_users',
      ['dimension', 'segment'],
      'People who prefer the menu type now, as every `live` has heard of them. Take the max by (dimension, segment).',
    ),
  };
}
