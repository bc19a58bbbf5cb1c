/** The topics of the order stream: what `kaiseki topics` creates and the Kubernetes manifests declare. */
import type { TopicDefinition } from '#platform/log/log.ts';

export const ORDER_LOGS = 'order-logs';
export const ORDER_LOGS_REJECTED = 'order-logs-rejected';
export const SEGMENT_TOTALS = 'segment-totals';

const WEEK_MS = 7 * 24 * 60 * 60_000;

/** @param shards the partitions of the order log, fixed for its life */
export function orderTopics(shards: number): readonly TopicDefinition[] {
  return [
    {
      name: ORDER_LOGS,
      partitions: shards,
      partitionsSetting: 'KAISEKI_SHARDS',
      cleanup: 'delete',
      retention_ms: WEEK_MS,
      purpose: 'Every accepted order, by user.',
    },
    {
      name: ORDER_LOGS_REJECTED,
      partitions: 1,
      cleanup: 'delete',
      retention_ms: 4 * WEEK_MS,
      purpose: 'Records of order-logs that could not be counted, with the reason.',
    },
    {
      name: SEGMENT_TOTALS,
      partitions: 1,
      cleanup: 'compact',
      retention_ms: -1,
      purpose: 'The totals of each shard after its last flush.',
    },
  ];
}
