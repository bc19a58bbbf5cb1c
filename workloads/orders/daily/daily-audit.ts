/** The audit: the live totals of each shard must equal a recount of the orders, exactly (decision 8, step 7). */
import { ALL } from '#platform/fold/totals.ts';
import type { Counts, ShardSnapshot } from './daily-snapshot.ts';

/** A total that is not what a recount says. `date` is a day, or `all`: then the recount is the sum of the days' live totals. */
export interface Difference {
  readonly date: string;
  readonly shard: number;
  readonly segment: string;
  readonly live: number;
  readonly recounted: number;
}

/** Holds one shard's live totals of the days against a recount of its order log, and its total of all time against its days. */
export function auditShard(snapshot: ShardSnapshot, recounted: Counts, days: Iterable<string>): Difference[] {
  const { shard, live } = snapshot;
  const differences: Difference[] = [];
  for (const date of days) differences.push(...compare(shard, date, live.get(date), recounted.get(date)));
  differences.push(...compare(shard, ALL, live.get(ALL), sumOfDays(live)));
  return differences;
}

function compare(
  shard: number,
  date: string,
  live: ReadonlyMap<string, number> | undefined,
  recounted: ReadonlyMap<string, number> | undefined,
): Difference[] {
  const segments = new Set([...(live?.keys() ?? []), ...(recounted?.keys() ?? [])]);
  return [...segments]
    .map((segment) => ({ date, shard, segment, live: live?.get(segment) ?? 0, recounted: recounted?.get(segment) ?? 0 }))
    .filter((total) => total.live !== total.recounted);
}

function sumOfDays(live: Counts): ReadonlyMap<string, number> {
  const sum = new Map<string, number>();
  for (const [period, segments] of live) {
    if (period === ALL) continue;
    for (const [segment, orders] of segments) sum.set(segment, (sum.get(segment) ?? 0) + orders);
  }
  return sum;
}

/** Orders by which the totals are wrong, summed without their signs. */
export function driftOf(differences: readonly Difference[]): number {
  return differences.reduce((sum, { live, recounted }) => sum + Math.abs(live - recounted), 0);
}
