/**
 * `npm run bench:servers`: on real Kafka and Cassandra, against the seed's design, as Markdown on standard output.
 * `--quick` is for trying the benchmark itself; `--only count|ingest|freshness` measures one part; `--users` one number of users.
 */
import { parseArgs } from 'node:util';
import { type Figure, figuresTable, number } from './figures.ts';
import { measureIngest } from './ingest.ts';
import { loadAverage, machineLines } from './machine.ts';
import type { Skew } from './orders.ts';
import { startWorkloads } from './program.ts';
import { fillTopic, measurePairs, pairFigures, warmUp } from './servers/against-seed.ts';
import { measureFreshness } from './servers/freshness.ts';
import {
  generationEnvironment,
  openGenerationLog,
  openGenerationTables,
  runCql,
  serversOfEnvironment,
  uniqueName,
} from './servers/generation.ts';

const FULL = {
  count: { rounds: 3, orders: 400_000, seed_ms: 10_000, tuning_ms: 4_000 },
  ingest: { rounds: 3, round_ms: 5_000, warmUp_ms: 3_000 },
  freshness: { warmUp_ms: 60_000, rounds: 3, probes: 50, ordersPerSecond: 2_000 },
};
const QUICK = {
  count: { rounds: 1, orders: 20_000, seed_ms: 2_000, tuning_ms: 2_000 },
  ingest: { rounds: 1, round_ms: 2_000, warmUp_ms: 1_000 },
  freshness: { warmUp_ms: 1_000, rounds: 1, probes: 10, ordersPerSecond: 500 },
};
const USERS = [20_000, 1_000_000] as const;
const SKEWS: readonly { readonly title: string; readonly skew: number; readonly hot: number; readonly factorGoal: number }[] = [
  { title: 'evenly', skew: 0, hot: 0, factorGoal: 10 },
  { title: 'by Zipf’s law, exponent 1.2', skew: 1.2, hot: 0, factorGoal: 10 },
  { title: 'one of them half of all orders', skew: 0, hot: 0.5, factorGoal: 15 },
];
const INGEST_GOALS = { ratio: 0.4, batch: undefined };

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, users: { type: 'string' } },
});
const sizes = options.quick ? QUICK : FULL;
const servers = serversOfEnvironment();

function section(title: string, figures: readonly Figure[]): void {
  console.log(['', `## ${title}`, '', ...figuresTable(figures), '', `Load average: ${loadAverage()}.`].join('\n'));
}

async function count(): Promise<void> {
  const chosen = USERS.filter((users) => options.users === undefined || Number(options.users) === users);
  let concurrency: number | undefined;
  for (const users of chosen) {
    for (const { title, factorGoal, ...shape } of SKEWS) {
      const skew: Skew = { users, ...shape };
      const topic = await fillTopic(servers, skew, sizes.count.orders);
      concurrency ??= await warmUp(servers, topic, sizes.count);
      const pairs = await measurePairs(servers, topic, concurrency, sizes.count);
      section(`${number(topic.orders)} orders of ${number(users)} users: ${title}`, pairFigures(pairs, factorGoal));
    }
  }
}

async function ingest(): Promise<void> {
  const name = uniqueName();
  const environment = generationEnvironment(servers, name, name);
  try {
    await using _log = await openGenerationLog(environment);
    await using _tables = await openGenerationTables(environment);
    await using running = await startWorkloads(['ingest'], environment);
    section('Orders in, on Kafka', await measureIngest(running, INGEST_GOALS, sizes.ingest));
  } finally {
    await runCql(servers, [`DROP KEYSPACE IF EXISTS ${name}`]);
  }
}

async function freshness(): Promise<void> {
  section('Freshness', await measureFreshness(servers, sizes.freshness));
}

const PARTS: Readonly<Record<string, () => Promise<void>>> = { count, ingest, freshness };
const chosen = Object.entries(PARTS).filter(([name]) => options.only === undefined || options.only === name);
if (chosen.length === 0) throw new Error(`--only takes ${Object.keys(PARTS).join(', ')}`);
const given = process.argv.slice(2).join(' ');
console.log(machineLines(`npm run bench:servers${given === '' ? '' : ` -- ${given}`}`).join('\n'));
for (const [, measure] of chosen) await measure();
