/** A live source that asks again and again. */

import { type Clock, systemClock } from '#platform/clock/clock.ts';
import { problemIn } from '#workloads/web/api/problem.ts';
import { firstAborted } from '#workloads/web/browser/first-aborted.ts';
import { Changes } from './changes.ts';
import { browserPresence, type Presence, sleepUntilWoken, wake } from './presence.ts';
import type { LiveSource } from './source.ts';

/** The least time from an answer to the next question, unless told otherwise. */
const CHANGED_MS_MIN = 1_000;
const BACKOFF_MS_MIN = 1_000;
const BACKOFF_MS_MAX = 10_000;

/** How long to wait after the `failures`-th failure in a row: 1, 2, 4, 8, then 10 s. */
export function backoff_ms(failures: number): number {
  return Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** (failures - 1));
}

export interface PollingOptions {
  /** Between an answer and the next question. */
  readonly interval_ms: number;
  /** Ends that time sooner. */
  readonly changes?: Changes;
  /** Between an answer and the next question, however much changes: more than a second for what costs the server more. */
  readonly changed_ms_min?: number;
  readonly clock?: Clock;
  readonly presence?: Presence;
}

/**
 * Asks `load` at once and then `interval_ms` after each answer, or sooner after a change, yet not before `changed_ms_min`;
 * never twice at a time, not while the page is hidden, and with growing pauses while it fails.
 */
export function polling<T>(load: (signal: AbortSignal) => Promise<T>, options: PollingOptions): LiveSource<T> {
  const {
    interval_ms,
    changes = new Changes(),
    changed_ms_min = CHANGED_MS_MIN,
    clock = systemClock,
    presence = browserPresence,
  } = options;
  return (observer) => {
    const stopped = new AbortController();
    const { signal } = stopped;

    /** @param asked the changes that the last answer knows of */
    const rest = async (asked: number) => {
      const until_ms = clock.monotonic_ms() + interval_ms;
      await clock.sleep(Math.min(interval_ms, changed_ms_min), signal);
      if (changes.count !== asked) return;
      const changed = new AbortController();
      const until = firstAborted([signal, changed.signal]);
      changes.onChange(() => changed.abort(), until);
      await clock.sleep(until_ms - clock.monotonic_ms(), until);
      changed.abort();
    };

    const poll = async () => {
      for (let failures = 0; !signal.aborted; ) {
        await presence.visible(signal);
        if (signal.aborted) return;
        const asked = changes.count;
        try {
          const value = await load(signal);
          if (signal.aborted) return;
          observer.next(value, 'asked');
          if (failures > 0) wake();
          failures = 0;
        } catch (error) {
          if (signal.aborted) return;
          failures += 1;
          observer.trouble(problemIn(error));
        }
        if (failures === 0) await rest(asked);
        else await sleepUntilWoken(backoff_ms(failures), signal, clock, presence);
      }
    };

    void poll();
    return () => stopped.abort();
  };
}
