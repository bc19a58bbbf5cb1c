/** Orders of the last minutes, as a page that is open sees them come. */
import type { Counts } from './slices.ts';

/** The line has a point for each. */
export const STEP_MS = 5_000;
/** Steps that are shown: five minutes. */
export const STEPS = 60;

export interface Recent {
  /** Totals of all time as they were last seen. */
  readonly totals: Counts | undefined;
  /** The step in which the page began to look: it knows of no earlier one. */
  readonly since: number;
  /** Step → what was ordered in it. A step without orders is missing. */
  readonly steps: ReadonlyMap<number, Counts>;
}

export const NOTHING_RECENT: Recent = { totals: undefined, since: 0, steps: new Map() };

/** @param at_ms milliseconds since the epoch */
export function stepOf(at_ms: number): number {
  return Math.floor(at_ms / STEP_MS);
}

/** What is known after totals were seen at an instant. What came while the page did not look counts as of then. */
export function recentAfter(recent: Recent, at_ms: number, totals: Counts): Recent {
  const step = stepOf(at_ms);
  const before = recent.totals;
  if (before === undefined) return { totals, since: step, steps: new Map() };
  const grown = [...totals].map(([name, count]) => [name, Math.max(0, count - (before.get(name) ?? 0))] as const);
  if (grown.every(([, more]) => more === 0)) return { ...recent, totals };
  const known = recent.steps.get(step);
  const counts = new Map(grown.map(([name, more]) => [name, more + (known?.get(name) ?? 0)]));
  const kept = [...recent.steps].filter(([one]) => one >= step - STEPS && one !== step);
  return { ...recent, totals, steps: new Map([...kept, [step, counts]]) };
}

/**
 * Orders of a menu type in each of the last steps that are over, the oldest first; null for those before the page looked. The
 * step that has only begun would look as if the orders had just stopped.
 */
export function recentLine(recent: Recent, name: string, now_ms: number): readonly (number | null)[] {
  const last = stepOf(now_ms) - 1;
  return Array.from({ length: STEPS }, (_, index) => {
    const step = last - STEPS + 1 + index;
    if (recent.totals === undefined || step < recent.since) return null;
    return recent.steps.get(step)?.get(name) ?? 0;
  });
}
