import type { Scenario } from '../alert.testing.ts';

const kaiseki = { namespace: 'kaiseki' };
const broker = (metric: string, pod = 'kaiseki-broker-0') => `${metric}{namespace="kaiseki",pod="${pod}"}`;
const underMinIsr = (partition: number) =>
  `kafka_cluster_partition_underminisr{namespace="kaiseki",topic="order-logs",partition="${partition}",pod="kaiseki-broker-0"}`;
const cassandra = (metric: string, type: string) =>
  `org_apache_cassandra_metrics_client_request_${metric}_total{namespace="kaiseki",request_type="${type}",pod="kaiseki-dc1-r1-sts-0"}`;
const disk = (metric: string, claim: string) =>
  `kubelet_volume_stats_${metric}_bytes{namespace="kaiseki",persistentvolumeclaim="${claim}"}`;

export const BACKEND_SCENARIOS: readonly Scenario[] = [
  {
    alert: 'KaisekiKafkaPartitionsUnavailable',
    given: 'two partitions have too few copies in step',
    samples: { [underMinIsr(0)]: '1x20', [underMinIsr(1)]: '1x20', [underMinIsr(2)]: '0x20' },
    at: '5m',
    fires: [{ labels: kaiseki, summary: '2 partitions of Kafka in kaiseki take no writes.' }],
  },
  {
    alert: 'KaisekiKafkaPartitionsUnavailable',
    given: 'a partition has no leader; every controller knows',
    samples: {
      [underMinIsr(0)]: '0x20',
      [broker('kafka_controller_kafkacontroller_offlinepartitionscount', 'kaiseki-controller-3')]: '1x20',
      [broker('kafka_controller_kafkacontroller_offlinepartitionscount', 'kaiseki-controller-4')]: '1x20',
    },
    at: '5m',
    fires: [{ labels: kaiseki, summary: '1 partitions of Kafka in kaiseki take no writes.' }],
  },
  {
    alert: 'KaisekiKafkaPartitionsUnavailable',
    given: 'a broker restarts',
    samples: { [underMinIsr(0)]: '1 1 0x20', [broker('kafka_controller_kafkacontroller_offlinepartitionscount')]: '0x20' },
    at: '5m',
    fires: [],
  },
  {
    alert: 'KaisekiKafkaUnderReplicated',
    given: 'a broker is away for an hour',
    samples: { [broker('kafka_server_replicamanager_underreplicatedpartitions')]: '4x120' },
    at: '45m',
    fires: [{ labels: kaiseki, summary: '4 partitions of Kafka in kaiseki lack a copy.' }],
  },
  {
    alert: 'KaisekiKafkaUnderReplicated',
    given: 'a broker was away for ten minutes',
    samples: { [broker('kafka_server_replicamanager_underreplicatedpartitions')]: '4x20 0x100' },
    at: '45m',
    fires: [],
  },
  {
    alert: 'KaisekiCassandraUnavailable',
    given: 'writes find too few replicas',
    samples: { [cassandra('unavailables', 'Write')]: '0+30x60', [cassandra('timeouts', 'Write')]: '0x60' },
    at: '15m',
    fires: [{ labels: kaiseki, summary: 'Cassandra in kaiseki does not serve 1 requests a second.' }],
  },
  {
    alert: 'KaisekiCassandraUnavailable',
    given: 'compare-and-sets time out',
    samples: { [cassandra('unavailables', 'CASWrite')]: '0x60', [cassandra('timeouts', 'CASWrite')]: '0+60x60' },
    at: '15m',
    fires: [{ labels: kaiseki, summary: 'Cassandra in kaiseki does not serve 2 requests a second.' }],
  },
  {
    alert: 'KaisekiCassandraUnavailable',
    given: 'one time-out in a minute',
    samples: { [cassandra('unavailables', 'Write')]: '0x60', [cassandra('timeouts', 'Write')]: '0 0 1x60' },
    at: '15m',
    fires: [],
  },
  {
    alert: 'KaisekiDiskNearFull',
    given: 'a broker’s disk has a tenth left, a node’s has half, and another program’s is full',
    samples: {
      [disk('available', 'data-0-kaiseki-broker-0')]: '10x60',
      [disk('capacity', 'data-0-kaiseki-broker-0')]: '100x60',
      [disk('available', 'server-data-kaiseki-dc1-r1-sts-0')]: '50x60',
      [disk('capacity', 'server-data-kaiseki-dc1-r1-sts-0')]: '100x60',
      [disk('available', 'grafana')]: '0x60',
      [disk('capacity', 'grafana')]: '100x60',
    },
    at: '20m',
    fires: [
      {
        labels: { ...kaiseki, persistentvolumeclaim: 'data-0-kaiseki-broker-0' },
        summary: 'The disk data-0-kaiseki-broker-0 in kaiseki has 10% left.',
      },
    ],
  },
  {
    alert: 'KaisekiDiskNearFull',
    given: 'all have room',
    samples: { [disk('available', 'data-0-kaiseki-broker-0')]: '20x60', [disk('capacity', 'data-0-kaiseki-broker-0')]: '100x60' },
    at: '20m',
    fires: [],
  },
];
