/** Orders in over HTTP: single ones beside a bare koa handler, and batches. */
import { join } from 'node:path';
import { atLeast, type Figure, quantileOf } from './figures.ts';
import { type LoadReport, load } from './load.ts';
import { cpuUsage } from './machine.ts';
import { batchRequest, orderStream, singleRequest, take } from './orders.ts';
import { type MeasuredProcess, startServer } from './program.ts';

export interface IngestSizes {
  readonly rounds: number;
  readonly round_ms: number;
  readonly warmUp_ms: number;
}

export interface IngestGoals {
  /** Durable single orders a second ÷ requests a second of a bare handler. */
  readonly ratio: number;
  /** Orders a second in batches; undefined where there is no such goal. */
  readonly batch: number | undefined;
}

const USERS = { users: 20_000, skew: 0, hot: 0 };
/** Connections that send single orders, each waiting for its answer. */
const SINGLE_CONNECTIONS = [64, 256] as const;
const SINGLE_ORDERS = 20_000;
const BATCH_CONNECTIONS = 3;
const BATCH_ORDERS = 5_000;
const BATCHES = 16;

type Post = (server: MeasuredProcess, duration_ms: number) => Promise<LoadReport>;

/** Measures a running ingest. The rival takes turns with it, sent the same bytes by the same client. */
export async function measureIngest(ingest: MeasuredProcess, goals: IngestGoals, sizes: IngestSizes): Promise<Figure[]> {
  await using bare = await startServer(join(import.meta.dirname, 'bare-koa.ts'));
  const orders = orderStream(USERS);
  const singles = take(orders, SINGLE_ORDERS).map(singleRequest);
  const batches = Array.from({ length: BATCHES }, () => batchRequest(take(orders, BATCH_ORDERS)));
  const figures: Figure[] = [];
  for (const connections of SINGLE_CONNECTIONS) {
    const post: Post = ({ address }, duration_ms) => load({ address, connections, duration_ms, requests: singles, expected: 202 });
    for (const server of [ingest, bare]) await post(server, sizes.warmUp_ms);
    const pairs = await inRounds(sizes.rounds, async () => ({
      ours: await loaded(ingest, post, sizes.round_ms),
      theirs: await loaded(bare, post, sizes.round_ms),
    }));
    figures.push(...singleFigures(`${connections} connections`, pairs, goals.ratio));
  }
  const post: Post = ({ address }, duration_ms) =>
    load({ address, connections: BATCH_CONNECTIONS, duration_ms, requests: batches, expected: 202 });
  await post(ingest, sizes.warmUp_ms);
  return [...figures, ...batchFigures(await inRounds(sizes.rounds, () => loaded(ingest, post, sizes.round_ms)), goals.batch)];
}

interface Loaded extends LoadReport {
  /** CPU of the server for one request. */
  readonly cpu_us: number;
}

async function loaded(server: MeasuredProcess, post: Post, duration_ms: number): Promise<Loaded> {
  const usage = cpuUsage([server.pid]);
  const report = await post(server, duration_ms);
  return { ...report, cpu_us: usage.spent_us() / report.requests };
}

async function inRounds<T>(count: number, round: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  while (results.length < count) results.push(await round());
  return results;
}

function singleFigures(by: string, pairs: readonly { readonly ours: Loaded; readonly theirs: Loaded }[], ratioGoal: number): Figure[] {
  const ours = pairs.map((pair) => pair.ours);
  const theirs = pairs.map((pair) => pair.theirs);
  const ratios = pairs.map((pair) => pair.ours.perSecond / pair.theirs.perSecond);
  const single = `single \`POST /api/log\`, durable, ${by}`;
  const rival = `the same to a bare koa handler, ${by}`;
  return [
    { what: single, unit: 'orders/s', values: ours.map(({ perSecond }) => perSecond) },
    { what: rival, unit: 'requests/s', values: theirs.map(({ perSecond }) => perSecond) },
    { what: `durable ÷ bare, ${by}`, unit: '×', values: ratios, digits: 2, goal: atLeast(ratioGoal) },
    { what: `${single}: CPU of the process`, unit: 'µs/order', values: ours.map(({ cpu_us }) => cpu_us), digits: 1 },
    { what: `${rival}: CPU of the process`, unit: 'µs/request', values: theirs.map(({ cpu_us }) => cpu_us), digits: 1 },
    { what: `${single}: p99`, unit: 'ms', values: ours.map(({ latencies_ms }) => quantileOf(latencies_ms, 0.99)), digits: 1 },
  ];
}

function batchFigures(reports: readonly Loaded[], goal: number | undefined): Figure[] {
  const what = `\`POST /api/log/batch\`, durable, ${BATCH_ORDERS} a request, ${BATCH_CONNECTIONS} connections`;
  const accepted = { what, unit: 'orders/s', values: reports.map(({ perSecond }) => perSecond * BATCH_ORDERS) };
  const cpu = reports.map(({ cpu_us }) => cpu_us / BATCH_ORDERS);
  return [
    goal === undefined ? accepted : { ...accepted, goal: atLeast(goal) },
    { what: `${what}: CPU of the process`, unit: 'µs/order', values: cpu, digits: 1 },
  ];
}
