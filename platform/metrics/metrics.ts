/**
 * Every metric of the program, in one registry a process (tests have several). A metric is declared in the file of its
 * subject beside this one; its help text is what docs/reference/metrics.md prints. Units are base units (seconds,
 * bytes), and no label ever holds a user id: labels live for ever, and users are many.
 */
import { collectDefaultMetrics } from 'prom-client';
import { type CacheMetrics, declareCacheMetrics } from './cache-metrics.ts';
import { type DailyMetrics, declareDailyMetrics } from './daily-metrics.ts';
import { Declarations, type MetricDescription } from './declare.ts';
import { declareFoldMetrics, type FoldMetrics } from './fold-metrics.ts';
import { declareHttpMetrics, type HttpMetrics } from './http-metrics.ts';
import { declareIngestMetrics, type IngestMetrics } from './ingest-metrics.ts';
import { declareLagMetrics, type LagMetrics } from './lag-metrics.ts';
import { declareLiveMetrics, type LiveMetrics } from './live-metrics.ts';
import { declareLogMetrics, type LogMetrics } from './log.ts';
import { declareSegmentMetrics, type SegmentMetrics } from './segment-metrics.ts';
import { declareTablesMetrics, type TablesMetrics } from './tables.ts';

export interface Metrics {
  readonly http: HttpMetrics;
  readonly ingest: IngestMetrics;
  readonly log: LogMetrics;
  readonly lag: LagMetrics;
  readonly tables: TablesMetrics;
  readonly fold: FoldMetrics;
  readonly daily: DailyMetrics;
  readonly cache: CacheMetrics;
  readonly live: LiveMetrics;
  readonly segment: SegmentMetrics;
  /** Every metric of Kaiseki's own, by name (those of the process come from prom-client). */
  readonly descriptions: readonly MetricDescription[];
  /** The content type of `render`'s text. */
  readonly contentType: string;
  /** Calls `refresh` before each rendering, for gauges that cost too much to keep current. Returns what ends that. */
  beforeRender(refresh: () => void): () => void;
  /** The text of GET /metrics, in Prometheus' text format 0.0.4. */
  render(): Promise<string>;
  /** Adds those of the Node process (CPU, memory, event loop, garbage collection) and the build. Once a process: they run a sampler. */
  addProcess(version: string): void;
}

/** Every metric, at its beginning, in a registry of its own. */
export function createMetrics(): Metrics {
  const declare = new Declarations();
  const { registry } = declare;
  const build = declare.gauge('kaiseki_build_info', ['version', 'node'], 'Always 1; the labels say what runs.');
  const refreshes = new Set<() => void>();
  const groups = {
    http: declareHttpMetrics(declare),
    ingest: declareIngestMetrics(declare),
    log: declareLogMetrics(declare),
    lag: declareLagMetrics(declare),
    tables: declareTablesMetrics(declare),
    fold: declareFoldMetrics(declare),
    daily: declareDailyMetrics(declare),
    cache: declareCacheMetrics(declare),
    live: declareLiveMetrics(declare),
    segment: declareSegmentMetrics(declare),
  };
  return {
    ...groups,
    descriptions: declare.descriptions,
    contentType: registry.contentType,
    beforeRender(refresh) {
      refreshes.add(refresh);
      return () => {
        refreshes.delete(refresh);
      };
    },
    async render() {
      for (const refresh of refreshes) refresh();
      return await registry.metrics();
    },
    addProcess(version) {
      build.set({ version, node: process.version }, 1);
      collectDefaultMetrics({ register: registry, prefix: 'kaiseki_' });
    },
  };
}
