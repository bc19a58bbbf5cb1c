/** How many of each menu type, as pies and tables show it. */
import type { Dimension, Totals } from '#workloads/web/api/types.ts';
import type { Language } from '#workloads/web/language/choice.ts';
import { labelOf } from '#workloads/web/language/label.ts';

/** Menu type → how many. One that is missing has none. */
export type Counts = ReadonlyMap<string, number>;

export interface Slice {
  readonly name: string;
  readonly label: string;
  readonly color: string;
  readonly count: number;
  /** Share of all slices, 0 to 1; 0 where there is nothing at all. */
  readonly ratio: number;
}

export function sumOf(slices: readonly Slice[]): number {
  return slices.reduce((sum, slice) => sum + slice.count, 0);
}

/** Every menu type of the dimension, in the menu's order. */
export function slicesOf(dimension: Dimension, counts: Counts, language: Language): readonly Slice[] {
  const sum = dimension.menu_types.reduce((total, { name }) => total + (counts.get(name) ?? 0), 0);
  return dimension.menu_types.map((menuType) => {
    const { name, color } = menuType;
    const count = counts.get(name) ?? 0;
    return { name, label: labelOf(menuType, language), color, count, ratio: sum === 0 ? 0 : count / sum };
  });
}

/** The slice that is ahead of all others; undefined where none is. */
export function leaderOf(slices: readonly Slice[]): Slice | undefined {
  const [first, second] = slices.toSorted((one, other) => other.count - one.count);
  return first !== undefined && first.count > (second?.count ?? 0) ? first : undefined;
}

export function ordersIn(totals: Totals): Counts {
  return new Map(totals.totals.map(({ segment, orders }) => [segment, orders]));
}

export function peopleIn(totals: Totals): Counts {
  return new Map(totals.totals.map(({ segment, users }) => [segment, users ?? 0]));
}
