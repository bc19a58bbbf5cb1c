import { addDays, daysBetween } from '#platform/clock/day.ts';
import { summaries, totals } from '#workloads/web/api/orders.ts';
import { polling } from '#workloads/web/live/polling.ts';
import type { LiveSource } from '#workloads/web/live/source.ts';
import { type Counts, ordersIn } from './slices.ts';

const DAY_INTERVAL_MS = 5_000;
const RANGE_INTERVAL_MS = 30_000;

/** One day's orders, late ones included as they come. */
export function dayFigures(dimension: string, day: string): LiveSource<Counts> {
  return polling(async (signal) => ordersIn(await totals(dimension, day, signal)), DAY_INTERVAL_MS);
}

/**
 * The orders of each day from `from` to `to` that lies before `today`: as the daily job counted them, and where it has
 * not yet been, as they stand.
 */
export function rangeFigures(dimension: string, from: string, to: string, today: string): LiveSource<ReadonlyMap<string, Counts>> {
  const yesterday = addDays(today, -1);
  const last = to < yesterday ? to : yesterday;
  return polling(async (signal) => {
    if (last < from) return new Map<string, Counts>();
    const closed = Map.groupBy((await summaries(dimension, from, last, signal)).summaries, ({ date }) => date);
    return new Map<string, Counts>(
      await Promise.all(
        daysBetween(from, last).map(async (day): Promise<[string, Counts]> => {
          const summary = closed.get(day);
          if (!summary) return [day, ordersIn(await totals(dimension, day, signal))];
          return [day, new Map(summary.map(({ segment, total_count }) => [segment, total_count]))];
        }),
      ),
    );
  }, RANGE_INTERVAL_MS);
}
