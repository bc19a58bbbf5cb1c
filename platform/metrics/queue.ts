/** What an adapter holds back in memory while its servers are busy or away, as metrics. */
import type { Gauge } from 'prom-client';

/** In units of the adapter's own: requests, bytes. */
export interface Queue {
  /** How much may wait; more is refused. */
  readonly limit: number;
  /** How much waits now. */
  waiting(): number;
}

/** The gauges of a queue, in the same units. */
export interface QueueMetrics {
  readonly waiting: Gauge;
  readonly waitingLimit: Gauge;
}

/** Shows how long a queue is whenever the metrics are rendered. Returns what ends that. */
export function measureQueue(
  queue: Queue,
  { waiting, waitingLimit }: QueueMetrics,
  metrics: { beforeRender(refresh: () => void): () => void },
): () => void {
  waitingLimit.set(queue.limit);
  return metrics.beforeRender(() => waiting.set(queue.waiting()));
}
