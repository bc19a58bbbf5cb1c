/**
 * The metrics that every system has, in one registry a process (tests have several); those of one system are declared
 * in its folder (workloads/metrics.ts). A metric is declared in the file of its subject; its help text is what
 * docs/reference/metrics.md prints. Units are base units (seconds, bytes), and no label ever holds a key of a fold: labels
 * live for ever, and keys are many.
 */
import { collectDefaultMetrics } from 'prom-client';
import { type CacheMetrics, declareCacheMetrics } from './cache-metrics.ts';
import { Declarations, type MetricDescription } from './declare.ts';
import { declareFoldMetrics, type FoldMetrics } from './fold-metrics.ts';
import { declareHttpMetrics, type HttpMetrics } from './http-metrics.ts';
import { declareLagMetrics, type LagMetrics } from './lag-metrics.ts';
import { declareLogMetrics, type LogMetrics } from './log.ts';
import { declareTablesMetrics, type TablesMetrics } from './tables.ts';

export interface Metrics {
  readonly http: HttpMetrics;
  readonly log: LogMetrics;
  readonly lag: LagMetrics;
  readonly tables: TablesMetrics;
  readonly fold: FoldMetrics;
  readonly cache: CacheMetrics;
  /** Every metric of Kaiseki's own that was declared until now, by name (those of the process come from prom-client). */
  descriptions(): readonly MetricDescription[];
  /** The content type of `render`'s text. */
  readonly contentType: string;
  /** Calls `refresh` before each rendering, for gauges that cost too much to keep current. Returns what ends that. */
  beforeRender(refresh: () => void): () => void;
  /** The text of GET /metrics, in Prometheus' text format 0.0.4. */
  render(): Promise<string>;
  /** Adds those of the Node process (CPU, memory, event loop, garbage collection) and the build. Once a process: they run a sampler. */
  addProcess(version: string): void;
}

/** Every metric of the platform, at its beginning. @param declare where those of systems are declared too */
export function createMetrics(declare = new Declarations()): Metrics {
  const { registry } = declare;
  const build = declare.gauge('kaiseki_build_info', ['version', 'node'], 'Always 1; the labels say what runs.');
  const refreshes = new Set<() => void>();
  const groups = {
    http: declareHttpMetrics(declare),
    log: declareLogMetrics(declare),
    lag: declareLagMetrics(declare),
    tables: declareTablesMetrics(declare),
    fold: declareFoldMetrics(declare),
    cache: declareCacheMetrics(declare),
  };
  return {
    ...groups,
    descriptions: () => declare.descriptions,
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
