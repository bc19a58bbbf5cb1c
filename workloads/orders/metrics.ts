/** The metrics of the order stream, each declared beside the workload that sets it. */
import type { Declarations } from '#platform/metrics/declare.ts';
import { declareDailyMetrics } from './daily/daily-metrics.ts';
import { declareIngestMetrics } from './ingest/ingest-metrics.ts';
import { declareLiveMetrics } from './live/live-metrics.ts';
import { declareSegmentMetrics } from './live/segment-metrics.ts';

export function declareOrdersMetrics(declare: Declarations) {
  return {
    ingest: declareIngestMetrics(declare),
    daily: declareDailyMetrics(declare),
    live: declareLiveMetrics(declare),
    segment: declareSegmentMetrics(declare),
  };
}
