/** Which days a person looks at. */
import { addDays, isDay } from '#platform/clock/day.ts';
import type { Counts } from './slices.ts';

/** Days that a range may have: each is a pie. */
export const RANGE_DAYS_MAX = 31;

export type ChosenDays =
  | { readonly kind: 'day'; readonly day: string }
  | { readonly kind: 'range'; readonly from: string; readonly to: string };

/** The last `days` days, today included. */
export function lastDays(today: string, days: number): ChosenDays {
  return { kind: 'range', from: addDays(today, 1 - days), to: today };
}

/** A day up to today; undefined for what a half-filled date field holds. */
export function dayWithin(text: string, today: string): string | undefined {
  if (!isDay(text)) return undefined;
  return text < today ? text : today;
}

/** The last of these days on which anything was ordered; undefined where there is none, or nothing is known yet. */
export function lastOrdered(days: readonly { readonly day: string; readonly orders: Counts | undefined }[]): string | undefined {
  return days.findLast(({ orders }) => orders && [...orders.values()].some((count) => count > 0))?.day;
}

/** A range that begins at `from`; its end moves along where it would lie before it or too far away. */
export function rangeFrom(from: string, to: string): ChosenDays {
  const latest = addDays(from, RANGE_DAYS_MAX - 1);
  return { kind: 'range', from, to: to < from ? from : to > latest ? latest : to };
}

/** A range that ends at `to`; its beginning moves along where it would lie after it or too far away. */
export function rangeTo(from: string, to: string): ChosenDays {
  const earliest = addDays(to, 1 - RANGE_DAYS_MAX);
  return { kind: 'range', from: from > to ? to : from < earliest ? earliest : from, to };
}
