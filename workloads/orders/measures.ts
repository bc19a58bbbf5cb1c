/** What the order stream sums of each menu type: orders, of all time and of each day, and the people who prefer it now. */
import type { MeasureDefinition } from '#platform/fold/definition.ts';
import type { TotalRow } from '#platform/tables/tables.ts';

export type OrderMeasure = 'orders' | 'users';
export type OrderFigures = Readonly<Record<OrderMeasure, number>>;

export const ORDER_MEASURES: Readonly<Record<OrderMeasure, MeasureDefinition>> = {
  orders: { nonNegative: true },
  users: { nonNegative: true },
};

/** The figures of a total. `users` is 0 for any period but `all`. */
export function figuresOf({ figures }: TotalRow): OrderFigures {
  return { orders: figures.orders ?? 0, users: figures.users ?? 0 };
}
