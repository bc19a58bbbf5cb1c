/** What each workload may do in Kafka: no more than its code does. */
import type { WorkloadName } from '#workloads/catalogue.ts';
import { COUNTER_GROUP } from '#workloads/orders/orders-fold.ts';
import { ORDER_LOGS, ORDER_LOGS_REJECTED, SEGMENT_TOTALS } from '#workloads/orders/topics.ts';

export interface Acl {
  readonly resource: { readonly type: 'topic' | 'group'; readonly name: string; readonly patternType: 'literal' | 'prefix' };
  readonly operations: readonly ('Read' | 'Write' | 'Describe')[];
}

const reads = (name: string): Acl => ({ resource: { type: 'topic', name, patternType: 'literal' }, operations: ['Read', 'Describe'] });
const writes = (name: string): Acl => ({ resource: { type: 'topic', name, patternType: 'literal' }, operations: ['Write', 'Describe'] });
const looksAt = (type: 'topic' | 'group', name: string): Acl => ({
  resource: { type, name, patternType: 'literal' },
  operations: ['Describe'],
});
const joins = (name: string, patternType: 'literal' | 'prefix'): Acl => ({
  resource: { type: 'group', name, patternType },
  operations: ['Read', 'Describe'],
});

/** An idempotent producer needs no right beyond Write (KIP-679); nobody may create, alter or delete a topic. */
export const ACLS: Readonly<Record<WorkloadName, readonly Acl[]>> = {
  ingest: [writes(ORDER_LOGS)],
  counter: [reads(ORDER_LOGS), joins(COUNTER_GROUP, 'literal'), writes(ORDER_LOGS_REJECTED), writes(SEGMENT_TOTALS)],
  // Reads the tables only and never connects; it is a user all the same, as it is given Kafka's address like every workload.
  summary: [],
  // Follows the totals in a group of its own making: `<client id>-tail-<random>`.
  live: [reads(SEGMENT_TOTALS), joins(`${clientId('live')}-tail-`, 'prefix')],
  // Waits until the counter's group has stored the offsets that it recounts to.
  daily: [looksAt('topic', ORDER_LOGS), looksAt('group', COUNTER_GROUP)],
};

/** KAFKA_CLIENT_ID, and the name of the KafkaUser and its Secret. */
export function clientId(workload: WorkloadName): string {
  return `kaiseki-${workload}`;
}
