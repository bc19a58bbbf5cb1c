/**
 * `npm run bench:servers`: on real Kafka and Cassandra, against the seed's design, as Markdown on standard output. Each part
 * has servers of its own, which are started for it where KAFKA_BROKERS and CASSANDRA_CONTACT_POINTS do not name any.
 * `--quick` is for trying the benchmark itself; `--only count|takeover|ingest|freshness|hop` measures one part; `--users` one number of
 * users; `--nodes` starts so many of both, as many as there are copies of everything.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Figure, figuresTable, number } from './figures.ts';
import { measureHops } from './hop.ts';
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
import { openServersHop } from './servers/hop.ts';
import { measureTakeover } from './servers/takeover.ts';

const FULL = {
  count: { rounds: 3, orders: 400_000, seed_ms: 10_000, tuning_ms: 10_000, warmUpRounds: 8 },
  takeover: { rounds: 3, warmUpRounds: 5, orders: 400_000, users: 1_000_000 },
  ingest: { rounds: 3, round_ms: 5_000, warmUp_ms: 30_000 },
  freshness: { warmUp_ms: 60_000, rounds: 3, probes: 200, ordersPerSecond: 2_000 },
  hop: { warmUp_ms: 30_000, rounds: 3, round_ms: 10_000, orders: 50_000 },
};
const QUICK = {
  count: { rounds: 1, orders: 20_000, seed_ms: 2_000, tuning_ms: 2_000, warmUpRounds: 1 },
  takeover: { rounds: 1, warmUpRounds: 1, orders: 20_000, users: 20_000 },
  ingest: { rounds: 1, round_ms: 2_000, warmUp_ms: 1_000 },
  freshness: { warmUp_ms: 1_000, rounds: 1, probes: 10, ordersPerSecond: 500 },
  hop: { warmUp_ms: 1_000, rounds: 1, round_ms: 2_000, orders: 2_000 },
};
const USERS = [20_000, 1_000_000] as const;
const SKEWS: readonly { readonly title: string; readonly skew: number; readonly hot: number; readonly factorGoal: number }[] = [
  { title: 'evenly', skew: 0, hot: 0, factorGoal: 10 },
  { title: 'by Zipf’s law, exponent 1.2', skew: 1.2, hot: 0, factorGoal: 10 },
  { title: 'one of them half of all orders', skew: 0, hot: 0.5, factorGoal: 15 },
];
const HOP_GOAL_MS = 30;
const INGEST_GOALS = { ratio: 0.4, batch: undefined };

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    users: { type: 'string' },
    nodes: { type: 'string' },
  },
});
const sizes = options.quick ? QUICK : FULL;

function section(title: string, figures: readonly Figure[]): void {
  console.log(['', `## ${title}`, '', ...figuresTable(figures), '', `Load average: ${loadAverage()}.`].join('\n'));
}

async function count(): Promise<void> {
  const servers = serversOfEnvironment();
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
  const servers = serversOfEnvironment();
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

async function takeover(): Promise<void> {
  const { orders, users } = sizes.takeover;
  const figures = await measureTakeover(serversOfEnvironment(), sizes.takeover);
  section(`${number(orders)} orders of ${number(users)} users, by a counter that takes over`, figures);
}

async function freshness(): Promise<void> {
  section('Freshness', await measureFreshness(serversOfEnvironment(), sizes.freshness));
}

async function hop(): Promise<void> {
  const servers = serversOfEnvironment();
  const pids = { Cassandra: servers.cassandraPids, Kafka: servers.kafkaPids };
  const figures = await measureHops({ open: (shape) => openServersHop(servers, shape), goal_ms: HOP_GOAL_MS, pids }, sizes.hop);
  section('From fold to fold', figures);
}

interface Part {
  readonly measure: () => Promise<void>;
  /** Nodes of each server unless `--nodes` says otherwise. */
  readonly nodes: string;
}

/** Orders are counted as in production, into three copies; what ingest and freshness are held against is one server's own speed. */
const PARTS: Readonly<Record<string, Part>> = {
  count: { measure: count, nodes: '3' },
  takeover: { measure: takeover, nodes: '3' },
  ingest: { measure: ingest, nodes: '1' },
  freshness: { measure: freshness, nodes: '1' },
  hop: { measure: hop, nodes: '1' },
};

/** Runs this program again for one part, with servers. */
function withServers(part: string, nodes: string): void {
  const given = process.argv.slice(2);
  const again = [process.execPath, import.meta.filename, ...given, ...(options.only === undefined ? ['--only', part] : [])];
  const wrapper = join(import.meta.dirname, '../servers/with-servers.ts');
  const { status } = spawnSync(process.execPath, [wrapper, '--nodes', nodes, '--', ...again], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const chosen = Object.entries(PARTS).filter(([name]) => options.only === undefined || options.only === name);
if (chosen.length === 0) throw new Error(`--only takes ${Object.keys(PARTS).join(', ')}`);
const { KAFKA_BROKERS, CASSANDRA_CONTACT_POINTS } = process.env;
const hasServers = Boolean(KAFKA_BROKERS && CASSANDRA_CONTACT_POINTS);
if (hasServers) {
  const given = process.argv.slice(2).join(' ');
  console.log(machineLines(`npm run bench:servers${given === '' ? '' : ` -- ${given}`}`).join('\n'));
  for (const [, { measure }] of chosen) await measure();
} else {
  for (const [name, { nodes }] of chosen) withServers(name, options.nodes ?? nodes);
}
