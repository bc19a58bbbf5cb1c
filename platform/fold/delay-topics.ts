/** The topics in which what a fold has put off waits. */
import type { TopicDefinition } from '#platform/log/log.ts';
import type { FoldDefinition } from './definition.ts';
import { delayTopic } from './emissions.ts';

/** How much longer than its delay a record is kept, in milliseconds: a forwarder may have been away. */
const KEPT_MS = 7 * 24 * 60 * 60_000;

/** @param partitions those of the fold's own topic: a delay is then as wide as what it puts off */
export function delayTopics(
  { name, delays = {} }: Pick<FoldDefinition<never, never, never>, 'name' | 'delays'>,
  partitions: number,
): readonly TopicDefinition[] {
  return Object.entries(delays).map(([delay, { duration_ms }]) => ({
    name: delayTopic(name, delay),
    partitions,
    cleanup: 'delete',
    retention_ms: duration_ms + KEPT_MS,
    purpose: `What ${name} has put off for ${duration_ms / 1_000} s (${delay}).`,
  }));
}
