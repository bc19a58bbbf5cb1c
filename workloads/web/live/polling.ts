/** A live source that asks again and again. */
import { type Clock, systemClock } from '#platform/clock/clock.ts';
import { problemIn } from '#workloads/web/api/problem.ts';
import { browserPresence, type Presence, sleepUntilWoken, wake } from './presence.ts';
import type { LiveSource } from './source.ts';

const BACKOFF_MS_MIN = 1_000;
const BACKOFF_MS_MAX = 10_000;

/** How long to wait after the `failures`-th failure in a row: 1, 2, 4, 8, then 10 s. */
export function backoff_ms(failures: number): number {
  return Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** (failures - 1));
}

/**
 * Asks `load` at once and then `interval_ms` after each answer; never twice at a time, not while the page is hidden,
 * and with growing pauses while it fails.
 */
export function polling<T>(
  load: (signal: AbortSignal) => Promise<T>,
  interval_ms: number,
  clock: Clock = systemClock,
  presence: Presence = browserPresence,
): LiveSource<T> {
  return (observer) => {
    const stopped = new AbortController();
    const { signal } = stopped;

    const poll = async () => {
      for (let failures = 0; !signal.aborted; ) {
        await presence.visible(signal);
        if (signal.aborted) return;
        try {
          const value = await load(signal);
          if (signal.aborted) return;
          observer.next(value);
          if (failures > 0) wake();
          failures = 0;
        } catch (error) {
          if (signal.aborted) return;
          failures += 1;
          observer.trouble(problemIn(error));
        }
        if (failures === 0) await clock.sleep(interval_ms, signal);
        else await sleepUntilWoken(backoff_ms(failures), signal, clock, presence);
      }
    };

    void poll();
    return () => stopped.abort();
  };
}
