/** A clock that tests move by hand. */
import type { Clock } from './clock.ts';

interface Sleeper {
  readonly until_ms: number;
  wake(): void;
}

export class ManualClock implements Clock {
  #now_ms: number;
  #monotonic_ms = 1_000_000;
  readonly #sleepers = new Set<Sleeper>();

  constructor(now_ms = Date.parse('2026-01-15T03:00:00Z')) {
    this.#now_ms = now_ms;
  }

  /** How many sleeps have not ended. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  now_ms(): number {
    return this.#now_ms;
  }

  monotonic_ms(): number {
    return this.#monotonic_ms;
  }

  sleep(duration_ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted || duration_ms <= 0) return resolve();
      const sleeper: Sleeper = {
        until_ms: this.#monotonic_ms + duration_ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => sleeper.wake(), { once: true });
    });
  }

  /** Moves time on, and wakes those whose sleep has ended. */
  advance(duration_ms: number): void {
    this.#now_ms += duration_ms;
    this.#monotonic_ms += duration_ms;
    for (const sleeper of [...this.#sleepers]) if (sleeper.until_ms <= this.#monotonic_ms) sleeper.wake();
  }
}
