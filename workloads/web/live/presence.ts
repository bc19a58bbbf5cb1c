/** Whether somebody looks at the page, and when it is worth trying again at once. */

import type { Clock } from '#platform/clock/clock.ts';
import { firstAborted } from '#workloads/web/browser/first-aborted.ts';

const tryNow = new EventTarget();

/** Tells every source in trouble to try again now: somebody asked for it, or one of them has just got through. */
export function wake(): void {
  tryNow.dispatchEvent(new Event('wake'));
}

/** What a source knows of its surroundings. */
export interface Presence {
  /** Resolves as soon as the page is visible, or `signal` is aborted. */
  visible(signal: AbortSignal): Promise<void>;
  /** Calls `listener` at each `wake()` and whenever the network is back, until `signal` is aborted. */
  onWake(listener: () => void, signal: AbortSignal): void;
}

export const browserPresence: Presence = {
  visible: (signal) =>
    new Promise((resolve) => {
      if (!document.hidden || signal.aborted) return resolve();
      const settled = new AbortController();
      const settle = () => {
        if (document.hidden && !signal.aborted) return;
        settled.abort();
        resolve();
      };
      document.addEventListener('visibilitychange', settle, { signal: settled.signal });
      signal.addEventListener('abort', settle, { signal: settled.signal });
    }),
  onWake: (listener, signal) => {
    tryNow.addEventListener('wake', listener, { signal });
    window.addEventListener('online', listener, { signal });
  },
};

/** Waits before another try; not any longer than until `presence` says that it is worth one. */
export async function sleepUntilWoken(pause_ms: number, signal: AbortSignal, clock: Clock, presence: Presence): Promise<void> {
  const nap = new AbortController();
  const until = firstAborted([signal, nap.signal]);
  presence.onWake(() => nap.abort(), until);
  await clock.sleep(pause_ms, until);
  nap.abort();
}
