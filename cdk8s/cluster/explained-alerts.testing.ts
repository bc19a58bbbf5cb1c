/** Alerts that may wait to fire at the end of the suite, because of what the suite itself did; their rates look back on all of it. */
import type { Alert } from '../monitoring/alert.ts';

export const EXPLAINED_ALERTS: Readonly<Record<Alert['name'], string>> = {
  KaisekiIngestRefusing: 'k6 sends as fast as orders are taken, and sends again what a full queue refused',
  KaisekiHttpErrors: 'what a full queue refused was answered with 503',
  KaisekiFreshnessSlow: 'orders waited until Kafka had given up the counter that was killed, and while k6 sent all at once',
  KaisekiHotKey: 'a tenth of the orders are one user’s: half of a shard’s',
  KaisekiPartitionSkew: 'that user may be in one shard with the next busiest, and a shard whose counter was killed catches up at once',
};
