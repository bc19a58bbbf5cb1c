import type { Scenario } from '../alert.testing.ts';

const fold = { namespace: 'kaiseki', fold: 'orders' };
const lag = (metric: string, partition: number, pod = 'counter-1') =>
  `kaiseki_consumer_lag_${metric}{namespace="kaiseki",topic="order-logs",group="counter",partition="${partition}",pod="${pod}"}`;
const freshness = (le: string) => `kaiseki_fold_freshness_seconds_bucket{namespace="kaiseki",fold="orders",le="${le}"}`;
const ofShard = (metric: string, shard: number, pod = 'counter-1') =>
  `kaiseki_fold_${metric}{namespace="kaiseki",fold="orders",shard="${shard}",pod="${pod}"}`;
const ALARM = 'kaiseki_fold_shard_alarm{namespace="kaiseki",fold="orders",shard="7",kind="log_truncated",pod="counter-1"}';
const DELAY_ALARM =
  'kaiseki_fold_shard_alarm{namespace="kaiseki",fold="orders",delay="late",shard="0",kind="records_lost",pod="counter-1"}';
const abandons = (reason: string, pod: string) =>
  `kaiseki_fold_abandons_total{namespace="kaiseki",fold="orders",reason="${reason}",pod="${pod}"}`;
const records = (outcome: string) => `kaiseki_fold_records_total{namespace="kaiseki",fold="orders",outcome="${outcome}",pod="counter-1"}`;

const overdue = (pod: string) => `kaiseki_delay_overdue_seconds{namespace="kaiseki",fold="orders",delay="late",partition="0",pod="${pod}"}`;
const edge = (kind: string, fold: string, shard: number) =>
  `kaiseki_fold_edge_records{namespace="kaiseki",fold="${fold}",shard="${shard}",kind="${kind}",from="orders",topic="stock",pod="a"}`;
const DELAY_TOPIC = 'orders-delay-late';
const delayEdge = (kind: string) =>
  `kaiseki_fold_edge_records{namespace="kaiseki",fold="orders",shard="0",kind="${kind}",from="orders",topic="${DELAY_TOPIC}",pod="a"}`;
const DELAYED = `kaiseki_consumer_lag_records{namespace="kaiseki",topic="${DELAY_TOPIC}",group="${DELAY_TOPIC}",partition="0",pod="a"}`;
const WAITING = 'kaiseki_consumer_lag_records{namespace="kaiseki",topic="stock",group="stock",partition="0",pod="a"}';

const ASTRAY = 'Records between two folds were lost, or folded twice (stock): a promise of the log or of the tables was broken.';

const LAGGING = { namespace: 'kaiseki', topic: 'order-logs', group: 'counter' };

export const FOLD_SCENARIOS: readonly Scenario[] = [
  {
    alert: 'KaisekiLagGrowing',
    given: 'one partition falls behind; two members report it, one of them late',
    samples: {
      [lag('records', 0)]: '0+100x60',
      [lag('seconds', 0)]: '0+30x60',
      [lag('seconds', 0, 'counter-2')]: '0+20x60',
      [lag('records', 1)]: '5x60',
      [lag('seconds', 1)]: '0x60',
    },
    at: '12m',
    fires: [{ labels: LAGGING, summary: 'The group counter in kaiseki is 12m 0s behind order-logs and does not catch up.' }],
  },
  {
    alert: 'KaisekiLagGrowing',
    given: 'nobody counts, and nothing new arrives either',
    samples: { [lag('records', 0)]: '500x60', [lag('seconds', 0)]: '0+30x60' },
    at: '10m',
    fires: [{ labels: LAGGING, summary: 'The group counter in kaiseki is 10m 0s behind order-logs and does not catch up.' }],
  },
  {
    alert: 'KaisekiLagGrowing',
    given: 'far behind, but it catches up',
    samples: { [lag('records', 0)]: '100000-1000x60', [lag('seconds', 0)]: '3600x60' },
    at: '20m',
    fires: [],
  },
  {
    alert: 'KaisekiLagGrowing',
    given: 'the usual second',
    samples: { [lag('records', 0)]: '1000+10x60', [lag('seconds', 0)]: '1x60' },
    at: '20m',
    fires: [],
  },
  {
    alert: 'KaisekiFreshnessSlow',
    given: 'half of the orders take more than 5 seconds',
    samples: { [freshness('5')]: '0+50x60', [freshness('10')]: '0+100x60', [freshness('+Inf')]: '0+100x60' },
    at: '20m',
    fires: [
      {
        labels: fold,
        summary: '1 of 100 orders in kaiseki takes longer than 9.9s to become visible.',
        description: 'The counter (orders) keeps up, but its flushes take long or wait for one another.',
      },
    ],
  },
  {
    alert: 'KaisekiFreshnessSlow',
    given: 'all take less than half a second',
    samples: { [freshness('0.5')]: '0+100x60', [freshness('5')]: '0+100x60', [freshness('+Inf')]: '0+100x60' },
    at: '20m',
    fires: [],
  },
  {
    alert: 'KaisekiShardStopped',
    given: 'the log was cut before it was counted',
    samples: { [ALARM]: '1x10' },
    at: '1m',
    fires: [
      { labels: { ...fold, shard: '7', kind: 'log_truncated' }, summary: 'Shard 7 of orders in kaiseki stands still: log_truncated.' },
    ],
  },
  {
    alert: 'KaisekiShardStopped',
    given: 'retention removed records of a delay',
    samples: { [DELAY_ALARM]: '1x10' },
    at: '1m',
    fires: [
      {
        labels: { ...fold, delay: 'late', shard: '0', kind: 'records_lost' },
        summary: 'Shard 0 of the delay late of orders in kaiseki stands still: records_lost.',
      },
    ],
  },
  { alert: 'KaisekiShardStopped', given: 'mended: the shard was released', samples: { [ALARM]: '1 1 stale' }, at: '5m', fires: [] },
  {
    alert: 'KaisekiCommitsLost',
    given: 'two counters take one another’s shards again and again',
    samples: { [abandons('commit_refused', 'counter-1')]: '0+1x60', [abandons('other_owner', 'counter-2')]: '0+1x60' },
    at: '20m',
    fires: [
      {
        labels: fold,
        summary: 'Counters in kaiseki lost 60 commits to one another within 15 minutes.',
        description: 'Counts stay right (orders), but work is done again and again: shards go to and fro between counters.',
      },
    ],
  },
  {
    alert: 'KaisekiCommitsLost',
    given: 'a rolling update: shards are handed over, few of them late',
    samples: { [abandons('stopping', 'counter-1')]: '0 12x60', [abandons('other_owner', 'counter-2')]: '0 0 3x60' },
    at: '15m',
    fires: [],
  },
  {
    alert: 'KaisekiHotKey',
    given: 'a robot makes half of the orders of a busy shard',
    samples: {
      [ofShard('busiest_key_ratio', 3)]: '0.5x60',
      [ofShard('next_offset', 3)]: '0+3000x60',
      [ofShard('busiest_key_ratio', 4)]: '0.01x60',
      [ofShard('next_offset', 4)]: '0+3000x60',
    },
    at: '20m',
    fires: [
      {
        labels: { ...fold, shard: '3' },
        summary: 'One user makes 50% of the orders of shard 3 in kaiseki.',
        description: 'Mostly a robot or a test (orders). Counts stay right; the shard is slower than the others if this goes on.',
      },
    ],
  },
  {
    alert: 'KaisekiHotKey',
    given: 'the only order of a quiet shard',
    samples: { [ofShard('busiest_key_ratio', 3)]: '1x60', [ofShard('next_offset', 3)]: '0+1x60' },
    at: '20m',
    fires: [],
  },
  {
    alert: 'KaisekiPartitionSkew',
    given: 'one of five shards gets nearly everything, also after it went to another pod',
    samples: {
      [ofShard('next_offset', 0)]: '0+3000x20 stale',
      [ofShard('next_offset', 0, 'counter-2')]: '_x20 60000+3000x60',
      ...Object.fromEntries([1, 2, 3, 4].map((shard) => [ofShard('next_offset', shard), '0+30x90'])),
    },
    at: '30m',
    fires: [{ labels: fold, summary: 'The busiest shard of orders in kaiseki has 4.808 times the orders of an average one.' }],
  },
  {
    alert: 'KaisekiPartitionSkew',
    given: 'all are equally busy',
    samples: Object.fromEntries([0, 1, 2, 3, 4].map((shard) => [ofShard('next_offset', shard), '0+3000x90'])),
    at: '30m',
    fires: [],
  },
  {
    alert: 'KaisekiPartitionSkew',
    given: 'a handful of orders at night',
    samples: { [ofShard('next_offset', 0)]: '0+1x90', [ofShard('next_offset', 1)]: '0x90', [ofShard('next_offset', 2)]: '0x90' },
    at: '30m',
    fires: [],
  },
  {
    alert: 'KaisekiOrdersRejected',
    given: 'somebody else writes to the log',
    samples: { [records('rejected')]: '0+1x60', [records('counted')]: '0+100x60' },
    at: '20m',
    fires: [
      {
        labels: fold,
        summary: 'The counter in kaiseki could not read 30 records within 15 minutes.',
        description:
          'They are in the topic order-logs-rejected with the reason, and in no count (orders). Something else than ingest writes to the log.',
      },
    ],
  },
  {
    alert: 'KaisekiOrdersRejected',
    given: 'rejected long ago',
    samples: { [records('rejected')]: '7x60', [records('counted')]: '0+100x60' },
    at: '20m',
    fires: [],
  },
  {
    alert: 'KaisekiDelayOverdue',
    given: 'one partition of a delay is late; another pod has just lost it',
    samples: { [overdue('a')]: '0+30x60', [overdue('b')]: '0x60' },
    at: '10m',
    fires: [
      {
        labels: { namespace: 'kaiseki', fold: 'orders', delay: 'late' },
        summary: 'The delay late of orders in kaiseki brings its records back 10m 0s late.',
      },
    ],
  },
  {
    alert: 'KaisekiDelayOverdue',
    given: 'a burst of deadlines, brought back within a minute',
    samples: { [overdue('a')]: '0x10 30 60 90 30 0x40' },
    at: '8m',
    fires: [],
  },
  {
    alert: 'KaisekiEmissionsAstray',
    given: 'nothing waits in the topic, but one record was never heard',
    samples: {
      [edge('sent', 'orders', 0)]: '5x60',
      [edge('sent', 'orders', 1)]: '3x60',
      [edge('heard', 'stock', 0)]: '7x60',
      [WAITING]: '0x60',
    },
    at: '20m',
    fires: [
      {
        labels: { namespace: 'kaiseki', from: 'orders', topic: 'stock', fold: 'stock' },
        summary: 'Of what orders sent to stock in kaiseki, 1 records are not accounted for.',
        description: ASTRAY,
      },
    ],
  },
  {
    alert: 'KaisekiEmissionsAstray',
    given: 'a record was folded twice, while another waits',
    samples: { [edge('sent', 'orders', 0)]: '5x60', [edge('heard', 'stock', 0)]: '6x60', [WAITING]: '1x60' },
    at: '20m',
    fires: [
      {
        labels: { namespace: 'kaiseki', from: 'orders', topic: 'stock', fold: 'stock' },
        summary: 'Of what orders sent to stock in kaiseki, -1 records are not accounted for.',
        description: ASTRAY,
      },
    ],
  },
  {
    alert: 'KaisekiEmissionsAstray',
    given: 'a record that the reader rejects arrived again after a crash of the sender',
    samples: {
      [edge('sent', 'orders', 0)]: '5x60',
      [edge('heard', 'stock', 0)]: '4x60',
      [edge('rejected', 'stock', 0)]: '2x60',
      [WAITING]: '0x60',
    },
    at: '20m',
    fires: [],
  },
  {
    alert: 'KaisekiEmissionsAstray',
    given: 'what is not heard yet waits in the topic',
    samples: { [edge('sent', 'orders', 0)]: '5x60', [edge('heard', 'stock', 0)]: '3x60', [WAITING]: '2x60' },
    at: '20m',
    fires: [],
  },
  {
    alert: 'KaisekiEmissionsAstray',
    given: 'a steady edge, whose sender was scraped before its reader',
    samples: { [edge('sent', 'orders', 0)]: '5+60x60', [edge('heard', 'stock', 0)]: '35+60x60', [WAITING]: '3x60' },
    at: '30m',
    fires: [],
  },
  {
    alert: 'KaisekiEmissionsAstray',
    given: 'shards of the sender are shown by nobody while they change owners, again and again',
    samples: {
      [edge('sent', 'orders', 0)]: '5x60',
      [edge('sent', 'orders', 1)]: '3 _x20 3 _x20 3 _x20',
      [edge('heard', 'stock', 0)]: '8x60',
      [WAITING]: '0x60',
    },
    at: '26m',
    fires: [],
  },
  {
    alert: 'KaisekiEmissionsAstray',
    given: 'what a delay was given waits there',
    samples: { [delayEdge('sent')]: '5x60', [delayEdge('heard')]: '3x60', [DELAYED]: '2x60', [lag('records', 0)]: '0x60' },
    at: '20m',
    fires: [],
  },
  {
    alert: 'KaisekiEmissionsAstray',
    given: 'what left a delay waits in the fold’s own topic',
    samples: { [delayEdge('sent')]: '5x60', [delayEdge('heard')]: '3x60', [DELAYED]: '0x60', [lag('records', 0)]: '2x60' },
    at: '20m',
    fires: [],
  },
  {
    alert: 'KaisekiEmissionsAstray',
    given: 'a delay has nothing left, and one of its records never came back',
    samples: { [delayEdge('sent')]: '5x60', [delayEdge('heard')]: '4x60', [DELAYED]: '0x60', [lag('records', 0)]: '0x60' },
    at: '20m',
    fires: [
      {
        labels: { namespace: 'kaiseki', from: 'orders', topic: DELAY_TOPIC, fold: 'orders' },
        summary: `Of what orders sent to ${DELAY_TOPIC} in kaiseki, 1 records are not accounted for.`,
        description: 'Records between two folds were lost, or folded twice (orders): a promise of the log or of the tables was broken.',
      },
    ],
  },
];
