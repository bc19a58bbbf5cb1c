/**
 * Time, as a port: everything that reads a clock or waits takes one of these, so that the simulator can own time.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now_ms(): number;
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  monotonic_ms(): number;
  /** Resolves after `duration_ms`, or at once when `signal` is (or becomes) aborted. Never rejects. */
  sleep(duration_ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock. The one place that reads `Date.now` and sets timers for waiting. */
export const systemClock: Clock = {
  now_ms: () => Date.now(),
  monotonic_ms: () => performance.now(),
  sleep: (duration_ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const finish = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, duration_ms);
      signal?.addEventListener('abort', finish, { once: true });
    }),
};
