/** The exact fold: what became of each record, how long a flush takes, who owns what. */
import { type Declarations, DURATION_BUCKETS_S } from './declare.ts';

export type FoldMetrics = ReturnType<typeof declareFoldMetrics>;

const FRESHNESS_BUCKETS_S = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30, 60, 300, 3_600] as const;
const FLUSH_RECORD_BUCKETS = [1, 5, 10, 50, 100, 500, 1_000, 2_500, 5_000, 10_000] as const;

export function declareFoldMetrics(declare: Declarations) {
  return {
    records: declare.counter(
      'kaiseki_fold_records_total',
      ['fold', 'outcome'],
      'Records that were folded and flushed: counted or refused (for the first time), redone (folded before; their rows were written again), repeated, rejected, skipped (their pages were already there).',
    ),
    freshness: declare.histogram(
      'kaiseki_fold_freshness_seconds',
      ['fold'],
      FRESHNESS_BUCKETS_S,
      'From the acceptance of a record to the end of the flush that made it visible.',
    ),
    flushDuration: declare.histogram(
      'kaiseki_fold_flush_duration_seconds',
      ['fold'],
      DURATION_BUCKETS_S,
      'From when a flush has room among those of the process to the group’s offset stored.',
    ),
    flushRecords: declare.histogram('kaiseki_fold_flush_records', ['fold'], FLUSH_RECORD_BUCKETS, 'Records in one flush.'),
    recordsInFlushes: declare.gauge(
      'kaiseki_fold_records_in_flushes',
      [],
      'Records in the flushes that are under way now, of all folds and shards of this process.',
    ),
    recordsInFlushesLimit: declare.gauge(
      'kaiseki_fold_records_in_flushes_limit',
      [],
      'So many at the most (KAISEKI_RECORDS_IN_FLUSHES). Shards that are ready to flush more wait for room.',
    ),
    cachedPages: declare.gauge(
      'kaiseki_fold_cached_pages',
      [],
      'Pages that are kept in memory between flushes, of all folds and shards of this process.',
    ),
    cachedPagesLimit: declare.gauge('kaiseki_fold_cached_pages_limit', [], 'So many at the most (KAISEKI_CACHED_PAGES).'),
    edgeRecords: declare.gauge(
      'kaiseki_fold_edge_records',
      ['fold', 'shard', 'kind', 'from', 'topic'],
      'Records along an edge of the graph of topics since the first one, by the shard that counts them: sent by the fold `from` to `topic`; heard, or rejected (each time it arrives), by the fold that reads it. sent - heard - rejected are in transit.',
    ),
    lookups: declare.counter(
      'kaiseki_fold_lookups_total',
      ['fold'],
      'Ranges of rows that were read beside the pages, because an event could repeat one that has left its page.',
    ),
    delayed: declare.counter(
      'kaiseki_delay_records_total',
      ['fold', 'delay', 'outcome'],
      'Records that waited for a delay: forwarded (back to the fold), rejected (no fold has put them off).',
    ),
    delayLate: declare.histogram(
      'kaiseki_delay_late_seconds',
      ['fold', 'delay'],
      FRESHNESS_BUCKETS_S,
      'From when a record was due to when it was back in the fold’s topic.',
    ),
    delayOverdue: declare.gauge(
      'kaiseki_delay_overdue_seconds',
      ['fold', 'delay', 'partition'],
      'How long the first record that waits in the partition has been due; 0 where none is. Above some seconds the delay lags.',
    ),
    claims: declare.counter('kaiseki_fold_claims_total', ['fold'], 'Claims of a shard that this process won.'),
    abandons: declare.counter(
      'kaiseki_fold_abandons_total',
      ['fold', 'reason'],
      'Claims given up, everything in memory forgotten: commit_refused and other_owner (the commit or the claim was lost to another owner), unanswered (a write stayed unacknowledged), stopping, failure (anything else). A claim given up costs a redo, never a count.',
    ),
    owned: declare.gauge('kaiseki_fold_shard_owned', ['fold', 'shard'], '1 while this process holds the claim of the shard.'),
    alarm: declare.gauge(
      'kaiseki_fold_shard_alarm',
      ['fold', 'shard', 'kind', 'delay'],
      '1 while the shard, or that partition of the fold’s delay `delay`, stands still until an operator mends it: configuration, group_ahead, log_truncated, records_lost, unfoldable. The log and /readyz say what to do.',
    ),
    nextOffset: declare.gauge('kaiseki_fold_next_offset', ['fold', 'shard'], 'Every record of the shard below this offset is counted.'),
    busiestKey: declare.gauge(
      'kaiseki_fold_busiest_key_ratio',
      ['fold', 'shard'],
      'Share of the busiest key in the shard’s records of the last minute, 0 to 1.',
    ),
    topTenKeys: declare.gauge(
      'kaiseki_fold_top_ten_keys_ratio',
      ['fold', 'shard'],
      'Share of the ten busiest keys in the shard’s records of the last minute, 0 to 1.',
    ),
    cacheHits: declare.counter('kaiseki_fold_state_cache_hits_total', ['fold'], 'Keys of a flush whose page was in memory.'),
    cacheMisses: declare.counter('kaiseki_fold_state_cache_misses_total', ['fold'], 'Keys of a flush whose page was read from the tables.'),
  };
}
