import { addDays, daysBetween } from '#platform/clock/day.ts';
import { totals } from '#workloads/web/api/orders.ts';
import { polling } from '#workloads/web/live/polling.ts';
import type { LiveSource } from '#workloads/web/live/source.ts';
import { type Counts, ordersIn } from './slices.ts';

const DAY_INTERVAL_MS = 5_000;
const RANGE_INTERVAL_MS = 30_000;

/** One day's orders, late ones included as they come. */
export function dayFigures(dimension: string, day: string): LiveSource<Counts> {
  return polling(async (signal) => ordersIn(await totals(dimension, day, signal)), { interval_ms: DAY_INTERVAL_MS });
}

/**
 * The orders of each day from `from` to `to` that lies before `today`. Live totals rather than the daily summaries,
 * which would not know of orders that came after the day was summed up.
 */
export function rangeFigures(dimension: string, from: string, to: string, today: string): LiveSource<ReadonlyMap<string, Counts>> {
  const days = daysBetween(from, to < today ? to : addDays(today, -1));
  const load = async (day: string, signal: AbortSignal): Promise<[string, Counts]> => [day, ordersIn(await totals(dimension, day, signal))];
  return polling(async (signal) => new Map(await Promise.all(days.map((day) => load(day, signal)))), { interval_ms: RANGE_INTERVAL_MS });
}
