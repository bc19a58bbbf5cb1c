/** Counts orders in the plainest way: every figure from all orders again, with none of the fold's code. */
import type { TotalRow } from '#platform/tables/tables.ts';
import { ALL } from '../totals.ts';

/** An order that counts, with its place in the log. */
export interface NaiveOrder {
  readonly offset: number;
  readonly user: string;
  readonly menuType: string;
  readonly day: string;
}

/** Menu type → dimension. */
export type Dimensions = ReadonlyMap<string, string>;

/** How often each menu type was ordered. */
export function countsOf(orders: readonly NaiveOrder[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { menuType } of orders) counts.set(menuType, orders.filter((other) => other.menuType === menuType).length);
  return counts;
}

/** The segment of a user in each dimension, from the user's orders. */
export function segmentsOf(orders: readonly NaiveOrder[], dimensions: Dimensions): ReadonlyMap<string, string> {
  const segments = new Map<string, string>();
  for (const [dimension, own] of Map.groupBy(orders, ({ menuType }) => dimensions.get(menuType) ?? ''))
    segments.set(dimension, preferred(own));
  return segments;
}

/** The menu type ordered most; on a tie the one that was ahead before the last order. */
function preferred(orders: readonly NaiveOrder[]): string {
  const counts = [...countsOf(orders)].toSorted(([, a], [, b]) => b - a);
  const [first, second] = counts;
  return first && first[1] !== second?.[1] ? first[0] : preferred(orders.slice(0, -1));
}

/** The totals of all orders of a shard. */
export function totalsOf(orders: readonly NaiveOrder[], dimensions: Dimensions): readonly TotalRow[] {
  const totals = new Map<string, TotalRow>();
  const addOne = (period: string, name: string, measure: 'orders' | 'users') => {
    const figures = totals.get(`${period}/${name}`)?.figures;
    totals.set(`${period}/${name}`, { period, name, figures: { ...figures, [measure]: (figures?.[measure] ?? 0) + 1 } });
  };
  for (const { menuType, day } of orders) for (const period of [ALL, day]) addOne(period, menuType, 'orders');
  for (const own of Map.groupBy(orders, ({ user }) => user).values())
    for (const segment of segmentsOf(own, dimensions).values()) addOne(ALL, segment, 'users');
  return [...totals.values()];
}
