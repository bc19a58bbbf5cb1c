/**
 * The order stream on three Kafka and three Cassandra nodes while things break. Each fault strikes in the middle of a
 * replay; afterwards every accepted order must stand in the order log once, and the totals must equal that recount.
 * Writes reports/faults.md.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'cassandra-driver';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { openKafkaLog } from '#platform/log/kafka.ts';
import { freePort } from '../../tools/servers/free-ports.ts';
import { type LocalServer, startLocalServer } from '../../tools/servers/local-servers.ts';
import { runKaiseki, startKaiseki, type TestProcess } from '../processes.testing.ts';
import { type Generation, newGeneration } from './generation.testing.ts';
import { COUNTER_GROUP } from './orders-fold.ts';
import { ORDER_LOGS } from './topics.ts';

const RATE = 500;
const ORDERS = 8_000;
/** How far into the replay a fault strikes. */
const STRIKE_MS = 4_000;
/** Longer than a consumer's session. */
const STALL_MS = 40_000;
const SETTLE_MS = 240_000;

interface Outcome {
  readonly fault: string;
  readonly accepted: number;
  readonly lost: number;
  readonly doubled: number;
  readonly uncertain: number;
  readonly moved_s: number;
}

const servers: LocalServer[] = [];
const processes = new Map<string, TestProcess>();
const outcomes: Outcome[] = [];
const directory = mkdtempSync(join(tmpdir(), 'kaiseki-faults-'));
const fates = new Map<string, 'accepted' | 'unknown'>();
let generation: Generation;
let ports: { ingest: number; summary: number };

function start(name: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): TestProcess {
  const running = startKaiseki(args, { ...generation.environment, ...environment });
  processes.set(name, running);
  return running;
}

async function kill(name: string): Promise<void> {
  const running = processes.get(name);
  running?.kill('SIGKILL');
  await running?.ended();
  processes.delete(name);
}

const startIngest = () => start('ingest', ['ingest'], { KAISEKI_PORT: String(ports.ingest) });
const startSummary = () => start('summary', ['summary'], { KAISEKI_PORT: String(ports.summary) });
const startCounter = (name: string) => start(name, ['counter']);

async function startAll(): Promise<void> {
  for (const running of [startIngest(), startSummary()]) await running.line((line) => line.includes('"msg":"listening"'));
  for (const name of ['counter-1', 'counter-2']) startCounter(name);
}

async function killAll(): Promise<void> {
  await Promise.all([...processes.keys()].map(kill));
}

beforeAll(async () => {
  const kafka = await startLocalServer('kafka', 3);
  servers.push(kafka);
  const cassandra = await startLocalServer('cassandra', 3);
  servers.push(cassandra);
  generation = newGeneration({
    brokers: kafka.endpoints.split(','),
    contactPoints: cassandra.endpoints.split(','),
    localDataCenter: 'datacenter1',
  });
  ports = { ingest: await freePort([]), summary: await freePort([]) };
  await runKaiseki(['migrate'], generation.environment);
  await runKaiseki(['topics'], generation.environment);
  await startAll();
});

afterAll(async () => {
  await killAll();
  await Promise.all(servers.map((server) => server.remove()));
  rmSync(directory, { recursive: true });
  report();
});

/** The sum of all orders that the API tells; undefined while it does not answer. */
async function counted(): Promise<number | undefined> {
  try {
    const answers = await Promise.all(
      ['cuisine', 'snack'].map((dimension) =>
        fetch(`http://127.0.0.1:${ports.summary}/api/totals?dimension=${dimension}`, { signal: AbortSignal.timeout(5_000) }),
      ),
    );
    const bodies = await Promise.all(answers.map(async (answer): Promise<{ orders: number }> => JSON.parse(await answer.text())));
    return answers.every((answer) => answer.ok) ? bodies.reduce((sum, { orders }) => sum + orders, 0) : undefined;
  } catch {
    return undefined;
  }
}

/** Milliseconds until the totals are above what they were a moment after the fault. */
async function untilTotalsMove(): Promise<number> {
  const struck_ms = systemClock.monotonic_ms();
  await systemClock.sleep(500);
  let before: number | undefined;
  while (systemClock.monotonic_ms() - struck_ms < SETTLE_MS) {
    const now = await counted();
    if (before !== undefined && now !== undefined && now > before) break;
    before ??= now;
    await systemClock.sleep(100);
  }
  return systemClock.monotonic_ms() - struck_ms;
}

/** Every order of the order log by its id, and how often it stands there. */
async function orderLog(): Promise<Map<string, number>> {
  const [contactPoint] = generation.environment.CASSANDRA_CONTACT_POINTS?.split(',') ?? [];
  const client = new Client({ contactPoints: [contactPoint ?? ''], localDataCenter: 'datacenter1', keyspace: generation.keyspace });
  const found = new Map<string, number>();
  try {
    let pageState: string | undefined;
    do {
      const page = await client.execute('SELECT order_id FROM order_log', [], { fetchSize: 5_000, ...(pageState && { pageState }) });
      for (const row of page.rows) {
        const id: string = row.get('order_id');
        found.set(id, (found.get(id) ?? 0) + 1);
      }
      pageState = page.pageState ?? undefined;
    } while (pageState);
  } finally {
    await client.shutdown();
  }
  return found;
}

/** Takes over what a replay was told of its orders. An order that was sent twice is accepted where either send was. */
function takeRecord(path: string): { accepted: number; uncertain: number } {
  const ids = new Set<string>();
  for (const line of readFileSync(path, 'utf8').trimEnd().split('\n')) {
    const { order_id, fate }: { order_id: string; fate: 'accepted' | 'unknown' } = JSON.parse(line);
    ids.add(order_id);
    if (fates.get(order_id) !== 'accepted') fates.set(order_id, fate);
  }
  const accepted = [...ids].filter((id) => fates.get(id) === 'accepted').length;
  return { accepted, uncertain: ids.size - accepted };
}

/** Waits until the order log holds every accepted order, and the totals as many as the order log. */
async function settle(): Promise<{ lost: number; doubled: number }> {
  const deadline_ms = systemClock.monotonic_ms() + SETTLE_MS;
  for (;;) {
    const found = await orderLog();
    const lost = [...fates].filter(([id, fate]) => fate === 'accepted' && !found.has(id)).length;
    const doubled = [...found.values()].filter((times) => times > 1).length;
    const invented = [...found.keys()].filter((id) => !fates.has(id)).length;
    const total = await counted();
    if ((lost === 0 && total === found.size) || systemClock.monotonic_ms() > deadline_ms) {
      return { lost, doubled: doubled + invented + Math.max(0, (total ?? 0) - found.size) };
    }
    await systemClock.sleep(1_000);
  }
}

/** Replays orders, lets the fault strike in the middle, and holds what is counted against what was answered with 202. */
async function under(fault: string, strike: () => Promise<void>): Promise<void> {
  const record = join(directory, `${outcomes.length}.ndjson`);
  const stream = [
    '--orders',
    String(ORDERS),
    '--rate',
    String(RATE),
    '--batch',
    '20',
    '--users',
    '2000',
    '--hot',
    '0.2',
    '--duplicates',
    '0.05',
  ];
  const seed = ['--seed', String(1_000 + outcomes.length)];
  const replay = startKaiseki(
    ['replay', '--url', `http://127.0.0.1:${ports.ingest}`, ...stream, ...seed, '--record', record],
    generation.environment,
  );
  await systemClock.sleep(STRIKE_MS);
  const [moved_ms] = await Promise.all([untilTotalsMove(), strike()]);
  await replay.ended();
  const { accepted, uncertain } = takeRecord(record);
  const { lost, doubled } = await settle();
  outcomes.push({ fault, accepted, lost, doubled, uncertain, moved_s: Math.round(moved_ms / 100) / 10 });
  expect({ fault, lost, doubled }).toEqual({ fault, lost: 0, doubled: 0 });
  expect(accepted).toBeGreaterThan(0);
}

function report(): void {
  const rows = outcomes.map(
    (one) => `| ${one.fault} | ${one.accepted} | ${one.lost} | ${one.doubled} | ${one.uncertain} | ${one.moved_s} |`,
  );
  const head = [
    '| fault | accepted | lost | doubled | without an answer | seconds until totals moved |',
    '| --- | --- | --- | --- | --- | --- |',
  ];
  mkdirSync('reports', { recursive: true });
  const text = [
    '# Faults on three Kafka and three Cassandra nodes',
    '',
    `${ORDERS} orders at ${RATE}/s a fault; \`npm run test:faults\`.`,
    '',
    ...head,
    ...rows,
    '',
  ];
  writeFileSync('reports/faults.md', text.join('\n'));
}

/** kill -9 of a server's node, which comes back after a while. */
async function killNode(server: LocalServer | undefined, node: number): Promise<void> {
  if (!server) throw new Error('the servers did not start');
  process.kill(Number(readFileSync(join(server.folder(node), 'pid'), 'utf8').trim()), 'SIGKILL');
  await systemClock.sleep(8_000);
  await server.restart();
}

/** The node that leads most partitions of the order log (1 to 3). */
async function busiestBroker(): Promise<number> {
  const { Kafka, logLevel } = await import('kafkajs');
  const admin = new Kafka({ brokers: generation.environment.KAFKA_BROKERS?.split(',') ?? [], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const { topics } = await admin.fetchTopicMetadata({ topics: [`${generation.prefix}${ORDER_LOGS}`] });
  await admin.disconnect();
  const leads = new Map<number, number>();
  for (const { leader } of topics[0]?.partitions ?? []) leads.set(leader, (leads.get(leader) ?? 0) + 1);
  return [...leads].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 1;
}

/** Sets the counters' group to an offset in every partition. A killed counter stays a member until its session ends. */
async function setGroup(offset: number): Promise<void> {
  const brokers = generation.environment.KAFKA_BROKERS?.split(',') ?? [];
  const log = openKafkaLog({ brokers, clientId: 'faults', replicationFactor: 3 }, systemClock);
  const deadline_ms = systemClock.monotonic_ms() + SETTLE_MS;
  try {
    for (;;) {
      try {
        return await log.rewind(`${generation.prefix}${ORDER_LOGS}`, `${generation.prefix}${COUNTER_GROUP}`, offset);
      } catch (error) {
        if (!String(error).includes('has members') || systemClock.monotonic_ms() > deadline_ms) throw error;
        await systemClock.sleep(1_000);
      }
    }
  } finally {
    await log.close();
  }
}

it('kill -9 of a counter', () =>
  under('kill -9 of a counter', async () => {
    await kill('counter-1');
    startCounter('counter-1');
  }));

it('kill -9 of all counters', () =>
  under('kill -9 of all counters', async () => {
    await Promise.all([kill('counter-1'), kill('counter-2')]);
    startCounter('counter-1');
    startCounter('counter-2');
  }));

it('kill -9 of ingest', () =>
  under('kill -9 of ingest', async () => {
    await kill('ingest');
    startIngest();
  }));

it('kill -9 of the Kafka broker that leads most partitions', () =>
  under('kill -9 of the busiest Kafka broker', async () => killNode(servers[0], await busiestBroker())));

it('kill -9 of a Cassandra node', () => under('kill -9 of a Cassandra node', () => killNode(servers[1], 2)));

it('a counter that stands still for longer than its session', () =>
  under(`SIGSTOP of a counter for ${STALL_MS / 1_000} s`, async () => {
    processes.get('counter-1')?.kill('SIGSTOP');
    await systemClock.sleep(STALL_MS);
    processes.get('counter-1')?.kill('SIGCONT');
  }));

it('a restart of every process', () =>
  under('kill -9 and restart of everything', async () => {
    await killAll();
    await startAll();
  }));

it('a rewind of the group to zero', () =>
  under('rewind of the group to zero', async () => {
    await Promise.all([kill('counter-1'), kill('counter-2')]);
    await setGroup(0);
    startCounter('counter-1');
    startCounter('counter-2');
  }));

it('the audit finds no drift after all of that', async () => {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Tokyo' }).format(systemClock.now_ms());
  const yesterday = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Tokyo' }).format(systemClock.now_ms() - 86_400_000);
  expect(await runKaiseki(['daily', '--from', yesterday, '--to', day, '--json'], generation.environment)).toContain('"drift":0');
});

it('a changed menu stops every shard with a clear message', async () => {
  await Promise.all([kill('counter-1'), kill('counter-2')]);
  const menu = join(directory, 'menu.json');
  const menuTypes = ['washoku', 'chuka'].map((name) => ({ name, labels: { en: name }, color: '#000000' }));
  writeFileSync(menu, JSON.stringify({ dimensions: [{ name: 'cuisine', labels: { en: 'Cuisine' }, menu_types: menuTypes }] }));
  const counter = start('counter-1', ['counter'], { KAISEKI_MENU: menu });
  expect(await counter.line((line) => line.includes('refuses this configuration'))).toContain(
    'menu types may be added, never moved or removed',
  );
  await kill('counter-1');
});

it('a group beyond what was counted stops the shard with a clear message', async () => {
  await setGroup(1_000_000_000);
  const counter = startCounter('counter-1');
  expect(await counter.line((line) => line.includes('beyond next_offset'))).toContain('never counted');
  await kill('counter-1');
  await setGroup(0);
});

it('a truncated log stops the shard with a clear message', async () => {
  const { Kafka, logLevel } = await import('kafkajs');
  const admin = new Kafka({ brokers: generation.environment.KAFKA_BROKERS?.split(',') ?? [], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [`${generation.prefix}${ORDER_LOGS}`] });
  await admin.disconnect();
  await systemClock.sleep(5_000);
  await runKaiseki(['topics'], generation.environment);
  const counter = startCounter('counter-1');
  expect(await counter.line((line) => line.includes('ALARM'))).toContain('counted orders are gone from the log');
});
