/** Workload: takes orders in over HTTP and answers when they are durable in the log. */
import type { Platform, Workload } from '../../workload.ts';
import { DEFAULT_INGEST_LIMITS, IngestQueue } from './ingest-queue.ts';
import { ingestRoutes } from './ingest-routes.ts';

/** Stopped, it takes no more orders and waits until the fate of those that it has is decided. */
export function createIngest({ settings, log, clock, metrics, logger }: Platform): Workload {
  const queue = new IngestQueue(log, clock, logger, { ...DEFAULT_INGEST_LIMITS, orders: settings.orders.ingest.queueOrdersMax });
  let endMeasuring: (() => void) | undefined;
  let stopping = false;
  return {
    name: 'ingest',
    needs: ['log'],
    routes: ingestRoutes({ rules: settings.orders, queue, clock, metrics: metrics.orders.ingest }),
    async start() {
      endMeasuring = queue.measure(metrics);
    },
    async stop() {
      stopping = true;
      await queue.close();
      endMeasuring?.();
    },
    readiness: () => [{ name: 'ingest', ready: !stopping, ...(stopping ? { reason: 'it is stopping' } : {}) }],
  };
}
