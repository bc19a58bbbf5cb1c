/** The caches of the reading side. */
import type { Declarations } from './declare.ts';

export type CacheMetrics = ReturnType<typeof declareCacheMetrics>;

export function declareCacheMetrics(declare: Declarations) {
  return {
    hits: declare.counter('kaiseki_cache_hits_total', ['cache'], 'Answers that came from the cache.'),
    misses: declare.counter('kaiseki_cache_misses_total', ['cache'], 'Answers that had to be read or computed.'),
  };
}
