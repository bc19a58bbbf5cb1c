/** How far the consumer groups are behind their topics. */
import type { Declarations } from './declare.ts';

export type LagMetrics = ReturnType<typeof declareLagMetrics>;

export function declareLagMetrics(declare: Declarations) {
  return {
    records: declare.gauge(
      'kaiseki_consumer_lag_records',
      ['topic', 'group', 'partition'],
      'Records that the group has not stored its offset beyond: Kafka’s own lag. Every member reports every partition, so that one without an owner shows too: take the max by (topic, group, partition). In a delay’s topic they wait on purpose.',
    ),
    seconds: declare.gauge(
      'kaiseki_consumer_lag_seconds',
      ['topic', 'group', 'partition'],
      'Age of the oldest record that the group has not stored its offset beyond; 0 when there is none. Exact in the partition’s owner once it has read that record; elsewhere the time since the record was first seen to wait. Not of delays: see kaiseki_delay_overdue_seconds. Take the max by (topic, group, partition).',
    ),
  };
}
