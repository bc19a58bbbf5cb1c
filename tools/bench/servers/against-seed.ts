/** Kaiseki's counter against the seed's consumer: the same orders, the same servers, in turns. */
import { systemClock as clock } from '#platform/clock/clock.ts';
import { atMost, type Figure, number } from '../figures.ts';
import { fill } from '../order-log.ts';
import { orderStream, recounting, type Skew } from '../orders.ts';
import { type Counted, countAsKaiseki, countAsSeed, type FilledTopic } from './count.ts';
import { generationEnvironment, openGenerationLog, type Servers, uniqueName } from './generation.ts';

export interface AgainstSeedSizes {
  readonly rounds: number;
  /** Orders in each topic, all of which Kaiseki counts. */
  readonly orders: number;
  /** The seed's consumer counts for so long. */
  readonly seed_ms: number;
  /** The same, for each number of orders at a time that is tried to tune it. */
  readonly tuning_ms: number;
  /** Rounds before those that count, at the most. */
  readonly warmUpRounds: number;
}

/** Servers are warm when a round costs Cassandra more than this share of the cheapest one before. */
const WARM_SHARE = 0.95;
const CASSANDRA_US_GOAL = 60;
const CONCURRENCIES = [32, 128, 512] as const;

/** A topic of its own, filled. */
export async function fillTopic(servers: Servers, skew: Skew, orders: number): Promise<FilledTopic> {
  const prefix = uniqueName();
  await using log = await openGenerationLog(generationEnvironment(servers, prefix, prefix));
  const recount = new Map<string, number>();
  await fill(log, recounting(orderStream(skew), recount), orders);
  return { prefix, orders, recount };
}

/**
 * Finds out how many orders at a time are best for the seed's consumer, then runs both in turns until Cassandra spends no less on an
 * order of either than before: what its virtual machine has not compiled yet costs several times as much.
 */
export async function warmUp(servers: Servers, topic: FilledTopic, sizes: AgainstSeedSizes): Promise<number> {
  const concurrency = await tuneSeed(servers, topic, sizes);
  const least_us = { seed: Number.POSITIVE_INFINITY, kaiseki: Number.POSITIVE_INFINITY };
  for (let round = 1; round <= sizes.warmUpRounds; round++) {
    const { seed, kaiseki } = await measurePair(servers, topic, concurrency, sizes);
    const isWarm = seed.cassandra_us > least_us.seed * WARM_SHARE && kaiseki.cassandra_us > least_us.kaiseki * WARM_SHARE;
    if (isWarm) break;
    least_us.seed = Math.min(least_us.seed, seed.cassandra_us);
    least_us.kaiseki = Math.min(least_us.kaiseki, kaiseki.cassandra_us);
  }
  return concurrency;
}

async function tuneSeed(servers: Servers, topic: FilledTopic, { tuning_ms }: AgainstSeedSizes): Promise<number> {
  const tried: { readonly concurrency: number; readonly perSecond: number }[] = [];
  for (const concurrency of CONCURRENCIES) {
    const { perSecond } = await countAsSeed(servers, topic, tuning_ms, concurrency);
    tried.push({ concurrency, perSecond });
  }
  const best = tried.reduce((one, other) => (other.perSecond > one.perSecond ? other : one));
  const list = tried.map(({ concurrency, perSecond }) => `${concurrency}: ${number(perSecond)}`).join(', ');
  console.log(`\nThe seed’s consumer, orders/s by orders at a time: ${list}. It runs with ${best.concurrency}.`);
  return best.concurrency;
}

export interface Pair {
  readonly seed: Counted;
  readonly kaiseki: Counted;
}

export async function measurePairs(servers: Servers, topic: FilledTopic, concurrency: number, sizes: AgainstSeedSizes): Promise<Pair[]> {
  const pairs: Pair[] = [];
  while (pairs.length < sizes.rounds) pairs.push(await measurePair(servers, topic, concurrency, sizes));
  return pairs;
}

async function measurePair(servers: Servers, topic: FilledTopic, concurrency: number, { seed_ms }: AgainstSeedSizes): Promise<Pair> {
  const started_ms = clock.monotonic_ms();
  const seed = await countAsSeed(servers, topic, seed_ms, concurrency);
  const kaiseki = await countAsKaiseki(servers, topic);
  const took_s = (clock.monotonic_ms() - started_ms) / 1_000;
  const told = [seed, kaiseki].map(
    ({ perSecond, cassandra_us }) => `${number(perSecond)} orders/s with ${number(cassandra_us)} µs of Cassandra each`,
  );
  process.stderr.write(`${told.join(' : ')}, in ${number(took_s)} s\n`);
  return { seed, kaiseki };
}

export function pairFigures(pairs: readonly Pair[], factorGoal: number): Figure[] {
  const both = (what: string, unit: string, of: (counted: Counted) => number, goal?: Figure['goal'], digits = 0): Figure[] => {
    const ours = { what: `${what}, Kaiseki`, unit, values: pairs.map((pair) => of(pair.kaiseki)), digits };
    return [
      { what: `${what}, seed`, unit, values: pairs.map((pair) => of(pair.seed)), digits },
      goal === undefined ? ours : { ...ours, goal },
    ];
  };
  const factor = (of: (counted: Counted) => number) => pairs.map(({ seed, kaiseki }) => of(kaiseki) / of(seed));
  const cpu = ({ node_us, cassandra_us, kafka_us }: Counted) => node_us + cassandra_us + kafka_us;
  return [
    ...both('counted into committed tables', 'orders/s', ({ perSecond }) => perSecond),
    {
      what: 'Kaiseki ÷ seed',
      unit: '×',
      values: factor(({ perSecond }) => perSecond),
      digits: 1,
      goal: { text: `≥ ${factorGoal}`, met: (median) => median >= factorGoal },
    },
    { what: 'CPU of all processes, seed ÷ Kaiseki', unit: '×', values: factor(cpu).map((ratio) => 1 / ratio), digits: 1 },
    ...both('CPU of Cassandra', 'µs/order', ({ cassandra_us }) => cassandra_us, atMost(CASSANDRA_US_GOAL)),
    ...both('CPU of Node', 'µs/order', ({ node_us }) => node_us),
    ...both('CPU of Kafka', 'µs/order', ({ kafka_us }) => kafka_us),
    ...both('rows written to the busiest partition', 'rows/s', ({ busiestRowsPerSecond }) => busiestRowsPerSecond),
    ...both('drift after 1 % was delivered again', 'orders', ({ drift }) => drift, atMost(0)),
  ];
}
