/** What a shard must have counted along the edges of the graph of topics. */
import type { LogRecord } from '#platform/log/log.ts';
import type { TotalRow } from '#platform/tables/tables.ts';
import { firstArrivals, naiveCause } from './naive-causes.ts';
import type { Truth } from './pipeline.ts';

/** A rejected emission is counted each time that it comes, because no page remembers it. */
export function edgeTotals(records: readonly LogRecord[], { emitted, rejected }: Truth): TotalRow[] {
  const counts = new Map<string, number>();
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const { topic } of emitted) count(`sent/${topic}`);
  for (const { offset, cause } of firstArrivals(records)) if (cause && !rejected.has(offset)) count(`heard/${withoutShard(cause.from)}`);
  for (const record of records) {
    const cause = naiveCause(record);
    if (cause && rejected.has(record.offset)) count(`rejected/${withoutShard(cause.from)}`);
  }
  return [...counts].map(([name, figure]) => ({ period: 'edges', name, figures: { records: figure } }));
}

function withoutShard(from: string): string {
  return from.replace(/\/[0-9]+/, '');
}
