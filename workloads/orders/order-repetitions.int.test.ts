/** A file of a year's orders, sent again and again over HTTP: on embedded storage, and on real servers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { testKafka } from '#platform/log/kafka.testing.ts';
import { partitionOf } from '#platform/log/partition.ts';
import { Random } from '#platform/random/random.ts';
import { testSettings } from '#platform/tables/cassandra.testing.ts';
import { addressOf, runKaiseki, startKaiseki, type TestProcess } from '../processes.testing.ts';
import { newGeneration } from './generation.testing.ts';
import { shuffle } from './past-orders.testing.ts';

const ORDERS = 100_000;
const SHARDS = 12;
const BATCH = 5_000;
const START_MS = Date.parse('2025-01-01T00:00:00Z');
const YEAR_MS = 365 * 86_400_000;
const SETTLED_MS_MAX = 240_000;

interface SentOrder {
  readonly order_id?: string;
  readonly user_id: string;
  readonly timestamp: string;
  readonly menu_type: string;
}

/** Where orders go in, where they are counted, and where the counts are read. */
interface Running {
  readonly ingest: string;
  readonly summary: string;
  readonly counter: string;
  /** Kills what counts with kill -9, and starts it again. */
  restart(): Promise<Running>;
}

async function embedded(): Promise<Running> {
  const directory = mkdtempSync(join(tmpdir(), 'kaiseki-repetitions-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const start = async (): Promise<Running> => {
    const all = started(['all'], { KAISEKI_DATA_DIR: directory, KAISEKI_PORT: '0' });
    const url = await addressOf(all);
    const restart = async () => {
      await kill(all);
      return start();
    };
    return { ingest: url, summary: url, counter: url, restart };
  };
  return start();
}

async function servers(): Promise<Running> {
  const { contactPoints, localDataCenter } = testSettings('unused');
  const { environment, drop } = newGeneration({ brokers: testKafka().brokers, contactPoints, localDataCenter });
  onTestFinished(drop);
  await runKaiseki(['migrate'], environment);
  await runKaiseki(['topics'], environment);
  const url = await addressOf(started(['ingest', 'summary'], environment));
  const start = async (): Promise<Running> => {
    const counter = started(['counter'], environment);
    const restart = async () => {
      await kill(counter);
      return start();
    };
    return { ingest: url, summary: url, counter: await addressOf(counter), restart };
  };
  return start();
}

function started(args: readonly string[], environment: NodeJS.ProcessEnv): TestProcess {
  const running = startKaiseki(args, environment);
  onTestFinished(() => kill(running));
  return running;
}

async function kill(running: TestProcess): Promise<void> {
  running.kill('SIGKILL');
  await running.ended();
}

/** A year's orders in the order of their time, half of them of one user, with an id each but for some. */
function yearFile(): SentOrder[] {
  const random = new Random(11);
  return Array.from({ length: ORDERS }, (_, index) => ({
    ...(random.chance(0.9) ? { order_id: `order-${index}` } : {}),
    user_id: random.chance(0.5) ? 'user-busy' : `user-${random.below(300)}`,
    timestamp: new Date(START_MS + Math.floor((index * YEAR_MS) / ORDERS)).toISOString(),
    menu_type: random.chance(0.6) ? 'washoku' : 'kinoko',
  }));
}

async function send({ ingest }: Running, orders: readonly SentOrder[]): Promise<void> {
  for (let first = 0; first < orders.length; first += BATCH) {
    const body = orders.slice(first, first + BATCH).map((order) => JSON.stringify(order));
    const answer = await fetch(`${ingest}/api/log/batch`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson' },
      body: body.join('\n'),
    });
    expect(answer.status, await answer.text()).toBe(202);
  }
}

/** One user of each shard: their orders are counted after all that was sent before. */
const LAST_USERS = Array.from({ length: SHARDS }, (_, shard) => {
  const users = Array.from({ length: 200 }, (_, index) => `last-${index}`);
  return users.find((user) => partitionOf(user, SHARDS) === shard) ?? '';
});

/** Sends an order of each of those, the `nth` time, and waits until they are counted. */
async function untilCounted(running: Running, nth: number): Promise<void> {
  const timestamp = new Date(systemClock.now_ms()).toISOString();
  await send(
    running,
    LAST_USERS.map((user_id) => ({ order_id: `last-${nth}`, user_id, timestamp, menu_type: 'yoshoku' })),
  );
  for (const user of LAST_USERS) {
    await expect.poll(() => ordersOf(running, user), { timeout: SETTLED_MS_MAX, interval: 100 }).toEqual({ yoshoku: nth });
  }
}

/** A user's orders by menu type. */
async function ordersOf({ summary }: Running, user: string): Promise<unknown> {
  const { counts } = (await (await fetch(`${summary}/api/users/${user}?limit=1`)).json()) as { counts?: unknown };
  return counts;
}

/** All orders by menu type. */
async function allOrders({ summary }: Running): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  for (const dimension of ['cuisine', 'snack']) {
    const answer = await fetch(`${summary}/api/totals?dimension=${dimension}`);
    const { totals } = (await answer.json()) as { totals: { segment: string; orders: number }[] };
    for (const { segment, orders } of totals) counted[segment] = orders;
  }
  return counted;
}

function countsOf(orders: readonly SentOrder[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { menu_type } of orders) counts[menu_type] = (counts[menu_type] ?? 0) + 1;
  return counts;
}

/** Ranges of past orders that the counter has read since it was started. */
async function lookups({ counter }: Running): Promise<number> {
  const text = await (await fetch(`${counter}/metrics`)).text();
  return Number(/^kaiseki_fold_lookups_total\{[^}]*\} (\d+)$/m.exec(text)?.[1] ?? 0);
}

it.each([
  ['on embedded storage', embedded],
  ['on real Kafka and Cassandra', servers],
] as const)(`a file with ${ORDERS} orders of a year counts once when it is sent again, %s`, async (_, start) => {
  let running = await start();
  const file = yearFile();
  const ofBusy = file.filter(({ user_id }) => user_id === 'user-busy');
  let phases = 0;
  const counted = async (orders: readonly SentOrder[]) => {
    await untilCounted(running, ++phases);
    expect(await allOrders(running)).toEqual({
      takenoko: 0,
      ...countsOf(orders),
      yoshoku: SHARDS * phases + (countsOf(orders).yoshoku ?? 0),
    });
    expect(await ordersOf(running, 'user-busy')).toEqual(countsOf(orders.filter(({ user_id }) => user_id === 'user-busy')));
  };

  await send(running, file);
  await counted(file);
  expect(await lookups(running), 'orders that are new').toBe(0);

  await send(running, file);
  running = await running.restart();
  await counted(file);

  await send(running, file.slice(40_000, 55_000));
  await send(running, ofBusy.slice(1_000, 1_050));
  await send(running, shuffle(file, new Random(3)));
  await counted(file);

  running = await running.restart();
  const late: SentOrder = { order_id: 'late', user_id: 'user-busy', timestamp: '2025-03-10T12:34:56Z', menu_type: 'yoshoku' };
  await send(running, [late, late]);
  await counted([...file, late]);
  expect(await lookups(running), 'a late order').toBe(1);
});
