/** Times one call: its duration whatever its end, and whether it failed. */
import type { Clock } from '#platform/clock/clock.ts';

export interface CallMetrics {
  readonly duration: { observe(seconds: number): void };
  readonly failures: { inc(): void };
}

/** The result of `call`, or its error. */
export async function timed<T>(clock: Clock, metrics: CallMetrics, call: () => Promise<T>): Promise<T> {
  const started_ms = clock.monotonic_ms();
  try {
    return await call();
  } catch (error) {
    metrics.failures.inc();
    throw error;
  } finally {
    metrics.duration.observe((clock.monotonic_ms() - started_ms) / 1_000);
  }
}
