/**
 * The counter that takes over: it has met nobody, and whoever ordered before stands in the tables, so that every user of its first
 * orders is looked up. The first owner of all, with whom the comparison with the seed begins, knows that nobody does.
 */
import { loadSettings } from '#workloads/settings.ts';
import { atMost, type Figure } from '../figures.ts';
import { fill } from '../order-log.ts';
import { orderStream, recounting } from '../orders.ts';
import { type Counted, driftOf, measureCounter } from './count.ts';
import { generationEnvironment, openGenerationLog, openGenerationTables, runCql, type Servers, uniqueName } from './generation.ts';

export interface TakeoverSizes {
  /** Rounds that count, after those in which the servers get warm: the first of these is the first owner's. */
  readonly rounds: number;
  readonly warmUpRounds: number;
  /** Orders of each round, among so many users. */
  readonly orders: number;
  readonly users: number;
}

/** Each round begins with a new counter, in the same tables. */
export async function measureTakeover(servers: Servers, { rounds, warmUpRounds, orders, users }: TakeoverSizes): Promise<Figure[]> {
  const name = uniqueName();
  const environment = generationEnvironment(servers, name, name);
  const recount = new Map<string, number>();
  const stream = recounting(orderStream({ users, skew: 0, hot: 0 }), recount);
  const counted: Counted[] = [];
  try {
    await using log = await openGenerationLog(environment);
    await using tables = await openGenerationTables(environment);
    while (counted.length < warmUpRounds + rounds) {
      await fill(log, stream, orders);
      const round = await measureCounter(environment, servers, log, orders);
      counted.push({ ...round, drift: await driftOf(tables, loadSettings({}).orders.layout.shards, recount) });
    }
  } finally {
    await runCql(servers, [`DROP KEYSPACE IF EXISTS ${name}`]);
  }
  const warm = counted.slice(warmUpRounds);
  const row = (what: string, unit: string, of: (round: Counted) => number): Figure => ({
    what,
    unit,
    values: warm.map(of),
  });
  return [
    row('counted by a counter that takes over', 'orders/s', ({ perSecond }) => perSecond),
    row('CPU of Cassandra', 'µs/order', ({ cassandra_us }) => cassandra_us),
    row('CPU of Node', 'µs/order', ({ node_us }) => node_us),
    row('CPU of Kafka', 'µs/order', ({ kafka_us }) => kafka_us),
    { ...row('drift', 'orders', ({ drift }) => drift), goal: atMost(0) },
  ];
}
