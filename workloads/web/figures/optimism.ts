/**
 * Own orders show at once, before anybody has counted them. A total is never shown lower than it was when the person
 * ordered, plus that order; the live total takes over as soon as it has got there.
 */
import type { Counts } from './slices.ts';

/** Menu type → the total below which it is not shown. */
export type Floors = Counts;

export function shownCounts(live: Counts, floors: Floors): Counts {
  return new Map([...live].map(([name, count]) => [name, Math.max(count, floors.get(name) ?? 0)]));
}

/** Whether the live totals have got there. */
export function hasCaughtUp(live: Counts, floors: Floors): boolean {
  return [...floors].every(([name, floor]) => (live.get(name) ?? 0) >= floor);
}

/** After the person has ordered. */
export function floorsAfterOrder(floors: Floors, live: Counts, name: string): Floors {
  return new Map([...floors, [name, Math.max(live.get(name) ?? 0, floors.get(name) ?? 0) + 1]]);
}

/** After an order was refused: it is taken back. */
export function floorsAfterRefusal(floors: Floors, name: string): Floors {
  const floor = floors.get(name);
  return floor === undefined ? floors : new Map([...floors, [name, floor - 1]]);
}
