/** Times one call: its duration whatever its end, and whether it failed. */
import type { Counter, Histogram } from 'prom-client';
import type { Clock } from '#platform/clock/clock.ts';

interface CallMetrics<L extends string> {
  readonly duration: Histogram<L>;
  readonly failures: Counter<L>;
}

/** The result of `call`, or its error. */
export async function timed<L extends string, T>(
  clock: Clock,
  metrics: CallMetrics<L>,
  labels: Readonly<Record<L, string>>,
  call: () => Promise<T>,
): Promise<T> {
  const started_ms = clock.monotonic_ms();
  try {
    return await call();
  } catch (error) {
    metrics.failures.inc(labels);
    throw error;
  } finally {
    metrics.duration.observe(labels, (clock.monotonic_ms() - started_ms) / 1_000);
  }
}
