/** Where good ends: the alerts fire beyond these, and the dashboards colour by the same numbers. Shares are 0 to 1. */
export const THRESHOLDS = {
  /** Age of the oldest order that is not counted yet. */
  lag_s: 60,
  /** From accepted to visible, for 99 of 100 orders. A bound of the histogram's buckets. */
  freshness_s: 5,
  /** Share of one user in a shard's orders. */
  hotKeyShare: 0.3,
  /** The busiest shard's orders against the average shard's. */
  shardSkew: 3,
  /** Below this a share says nothing: in a quiet shard a single order is all there is. */
  busyOrdersPerSecond: 10,
  /** Commits lost to another owner within a quarter of an hour; a rolling update loses a few. */
  commitsLost: 10,
  /** How long a record that a delay should have brought back has been due. */
  delayOverdue_s: 60,
  /** Share of valid orders that ingest did not take. */
  refusedShare: 0.01,
  /** How full ingest's queue is. */
  queueShare: 0.8,
  /** Share of requests answered with 5xx. */
  httpErrorShare: 0.05,
  /** Age of the last daily recount that ended well: a day, and two hours to run. */
  dailyAge_s: 26 * 3_600,
  /** Cassandra's own refusals and time-outs. */
  cassandraFailuresPerSecond: 0.1,
  /** What is left of a disk. */
  diskFreeShare: 0.15,
} as const;
