/** The live workload: who watches, and how fast totals reach them. */
import { type Declarations, DURATION_BUCKETS_S } from '#platform/metrics/declare.ts';

export type LiveMetrics = ReturnType<typeof declareLiveMetrics>;

export function declareLiveMetrics(declare: Declarations) {
  return {
    viewers: declare.gauge('kaiseki_live_viewers', ['transport'], 'Connections that watch totals now.'),
    refused: declare.counter('kaiseki_live_refused_total', ['reason'], 'Connections that were refused.'),
    skipped: declare.counter(
      'kaiseki_live_skipped_total',
      [],
      'Changes not sent to a viewer that was slow; it got a snapshot once it had caught up.',
    ),
    round: declare.histogram(
      'kaiseki_live_round_seconds',
      [],
      DURATION_BUCKETS_S,
      'What one round of pushes to all viewers takes the process; there are ten a second at the most.',
    ),
    push: declare.histogram(
      'kaiseki_live_push_seconds',
      [],
      DURATION_BUCKETS_S,
      'From the publication of totals by the counter to their being sent to the viewers; the oldest of each round.',
    ),
  };
}
