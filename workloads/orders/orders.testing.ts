/** What tests of the order stream's workloads share: the real ones, over HTTP, on embedded storage in a directory of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { type Clock, systemClock } from '#platform/clock/clock.ts';
import { budgetLimits } from '#platform/config/folds.ts';
import { FoldBudget } from '#platform/fold/budget.ts';
import { type Answer, ask, serve } from '#platform/http/http.testing.ts';
import type { Log } from '#platform/log/log.ts';
import { put, type Tables } from '#platform/tables/tables.ts';
import { openLog, openTables } from '../adapters.ts';
import { createProgramMetrics } from '../metrics.ts';
import { loadSettings } from '../settings.ts';
import type { Platform, Workload } from '../workload.ts';
import { COUNTER_GROUP } from './orders-fold.ts';
import { segmentMembers } from './tables.ts';
import { ORDER_LOGS, orderTopics } from './topics.ts';

export interface OrdersOptions {
  readonly create: readonly ((platform: Platform) => Workload)[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** What stands before the real ones: to make them fail, or to watch them. */
  readonly log?: (log: Log) => Log;
  readonly tables?: (tables: Tables) => Tables;
}

export interface RunningOrders {
  readonly platform: Platform;
  readonly url: string;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body: NonNullable<RequestInit['body']>, headers?: Record<string, string>): Promise<Answer>;
  /** Sends orders as NDJSON. */
  batch(orders: readonly unknown[]): Promise<Answer>;
  /** Stops the workloads, as a process does. */
  stop(): Promise<void>;
}

/** Runs workloads until the test has ended. Every answer is held against what its route declares. */
export async function runOrders({ create, environment = {}, clock = systemClock, ...before }: OrdersOptions): Promise<RunningOrders> {
  const directory = mkdtempSync(join(tmpdir(), 'kaiseki-orders-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const settings = loadSettings({ KAISEKI_DATA_DIR: directory, KAISEKI_FLUSH_LINGER_MS: '1', ...environment });
  const logger = pino({ level: 'silent' });
  const log = await openLog(settings, systemClock, logger);
  onTestFinished(() => log.close());
  const tables = await openTables(settings);
  onTestFinished(() => tables.close());
  await log.createTopics(orderTopics(settings.orders.layout.shards));
  const platform: Platform = {
    settings,
    log: before.log?.(log) ?? log,
    tables: before.tables?.(tables) ?? tables,
    budget: new FoldBudget(budgetLimits(settings.folds, 'embedded')),
    clock,
    metrics: createProgramMetrics(),
    logger,
  };
  const workloads = create.map((one) => one(platform));
  const routes = workloads.flatMap((workload) => workload.routes);
  const stop = async () => {
    await Promise.all(workloads.map((workload) => workload.stop()));
  };
  onTestFinished(stop);
  const { url, http } = await serve(routes, { metrics: platform.metrics, settings: { ...settings.http, port: 0 } });
  for (const workload of workloads) await workload.start(http.server);
  const post: RunningOrders['post'] = (path, body, headers = { 'content-type': 'application/json' }) =>
    ask(url, routes, path, { method: 'POST', body, headers });
  return {
    platform,
    url,
    get: (path, headers = {}) => ask(url, routes, path, { headers }),
    post,
    batch: (orders) =>
      post('/api/log/batch', orders.map((order) => JSON.stringify(order)).join('\n'), { 'content-type': 'application/x-ndjson' }),
    stop,
  };
}

/** Asks again and again until an answer is as wanted; the test's own time limit ends it otherwise. */
export async function until(ask: () => Promise<boolean>): Promise<void> {
  while (!(await ask())) await systemClock.sleep(10);
}

/** Sends orders and waits until all that follows from them is in the tables. */
export async function ordered(running: RunningOrders, orders: readonly unknown[]): Promise<void> {
  const { status } = await running.batch(orders);
  if (status !== 202) throw new Error(`the orders were answered with ${status}`);
  await until(async () => {
    const lag = await running.platform.log.lag(ORDER_LOGS, COUNTER_GROUP);
    return lag.every(({ records }) => records === 0);
  });
}

/** Puts members into a segment, spread over the shards by turns. */
export async function putMembers(
  running: RunningOrders,
  segment: string,
  count: number,
  name = (index: number) => `user-${index}`,
): Promise<string[]> {
  const { tables, settings } = running.platform;
  const users = Array.from({ length: count }, (_, index) => name(index));
  const { shards } = settings.orders.layout;
  await tables.write(users.map((user_id, index) => put(segmentMembers, { segment, shard: index % shards, user_id }, index)));
  return users;
}

/** The port's own members, for a wrapper to change some. */
export function portOf(tables: Tables): Tables {
  return {
    get: (table, keys) => tables.get(table, keys),
    page: (table, request) => tables.page(table, request),
    write: (mutations) => tables.write(mutations),
    readShard: (shard, periods, consistency) => tables.readShard(shard, periods, consistency),
    claimShard: (shard, claim) => tables.claimShard(shard, claim),
    commitShard: (shard, commit) => tables.commitShard(shard, commit),
    check: () => tables.check(),
    close: () => tables.close(),
  };
}
