import { totals } from '#workloads/web/api/orders.ts';
import { polling } from '#workloads/web/live/polling.ts';
import type { LiveSource } from '#workloads/web/live/source.ts';
import { type Counts, ordersIn, peopleIn } from './slices.ts';

const INTERVAL_MS = 1_500;

/** What moves with every order. */
export interface LiveFigures {
  /** Orders over all time. */
  readonly orders: Counts;
  /** People per segment. */
  readonly people: Counts;
  /** The day that `ordersToday` is about. */
  readonly today: string;
  readonly ordersToday: Counts;
}

/** The figures of a dimension, as they change. */
export function liveFigures(dimension: string, today: string): LiveSource<LiveFigures> {
  return polling(async (signal) => {
    const [all, day] = await Promise.all([totals(dimension, 'all', signal), totals(dimension, today, signal)]);
    return { orders: ordersIn(all), people: peopleIn(all), today, ordersToday: ordersIn(day) };
  }, INTERVAL_MS);
}
