/** One round of counting a topic that is filled already: the rival's, or Kaiseki's. */
import { join } from 'node:path';
import { systemClock as clock } from '#platform/clock/clock.ts';
import { ALL } from '#platform/fold/totals.ts';
import type { Log } from '#platform/log/log.ts';
import type { Tables } from '#platform/tables/tables.ts';
import { figuresOf } from '#workloads/orders/measures.ts';
import { COUNTER_GROUP, ORDERS_FOLD } from '#workloads/orders/orders-fold.ts';
import { ORDER_LOGS } from '#workloads/orders/topics.ts';
import { startProgram } from '#workloads/processes.testing.ts';
import { loadSettings } from '#workloads/settings.ts';
import { cpuUsage } from '../machine.ts';
import { drained } from '../order-log.ts';
import { benchEnvironment, startWorkloads } from '../program.ts';
import {
  generationEnvironment,
  openGenerationLog,
  openGenerationTables,
  rowCopies,
  runCql,
  type Servers,
  uniqueName,
} from './generation.ts';
import type { SeedOptions, SeedReport } from './seed-report.ts';
import { seedSchema } from './seed-schema.ts';

/** A topic full of orders, under a prefix of its own. */
export interface FilledTopic {
  readonly prefix: string;
  readonly orders: number;
  /** Orders by menu type: the truth. */
  readonly recount: ReadonlyMap<string, number>;
}

export interface Counted {
  readonly perSecond: number;
  readonly node_us: number;
  readonly cassandra_us: number;
  readonly kafka_us: number;
  /** Rows written to the busiest partition of any table, a second. */
  readonly busiestRowsPerSecond: number;
  /** Orders that the totals are away from the truth after 1 % was delivered again. */
  readonly drift: number;
}

export const REDELIVERED = 0.01;
const PATIENCE_MS = 900_000;

/** The rival for `duration_ms` at the most: its rate is steady, and the whole topic would take it minutes. */
export async function countAsSeed(servers: Servers, topic: FilledTopic, duration_ms: number, concurrency: number): Promise<Counted> {
  const keyspace = uniqueName();
  await runCql(servers, seedSchema(keyspace, rowCopies(servers)));
  const options: SeedOptions = {
    brokers: [...servers.brokers],
    contactPoints: [...servers.contactPoints],
    localDataCenter: servers.localDataCenter,
    keyspace,
    topic: `${topic.prefix}${ORDER_LOGS}`,
    group: keyspace,
    partitions: loadSettings({}).orders.layout.shards,
    orders: topic.orders,
    duration_ms,
    concurrency,
    redelivered: REDELIVERED,
  };
  const program = startProgram(join(import.meta.dirname, 'seed-consumer.ts'), [JSON.stringify(options)], benchEnvironment({}));
  const isLine = (name: string) => (line: string) => line.includes(`"msg":"${name}"`);
  await program.line(isLine('started'));
  const [cassandra, kafka] = [cpuUsage(servers.cassandraPids), cpuUsage(servers.kafkaPids)];
  await program.line(isLine('measured'));
  const [cassandra_us, kafka_us] = [cassandra.spent_us(), kafka.spent_us()];
  const { report }: { report: SeedReport } = JSON.parse(await program.line(isLine('report')));
  await program.ended();
  await runCql(servers, [`DROP KEYSPACE ${keyspace}`]);
  const { orders } = report;
  return {
    perSecond: (orders / report.duration_ms) * 1_000,
    node_us: report.cpu_us / orders,
    cassandra_us: cassandra_us / orders,
    kafka_us: kafka_us / orders,
    busiestRowsPerSecond: (report.busiestWrites / report.duration_ms) * 1_000,
    drift: report.drift,
  };
}

/** `kaiseki counter` from the first claim to the last group offset, into empty tables; then 1 % again. */
export async function countAsKaiseki(servers: Servers, topic: FilledTopic): Promise<Counted> {
  const keyspace = uniqueName();
  const environment = generationEnvironment(servers, topic.prefix, keyspace);
  try {
    await using log = await openGenerationLog(environment);
    await using tables = await openGenerationTables(environment);
    await log.rewind(ORDER_LOGS, COUNTER_GROUP, 0);
    const counted = await measureCounter(environment, servers, log, topic.orders);
    const ends = (await log.lag(ORDER_LOGS, COUNTER_GROUP)).map(({ endOffset }) => endOffset);
    await log.rewind(ORDER_LOGS, COUNTER_GROUP, Math.floor(Math.min(...ends) * (1 - REDELIVERED)));
    await measureCounter(environment, servers, log, topic.orders);
    return { ...counted, drift: await driftOf(tables, ends.length, topic.recount) };
  } finally {
    await runCql(servers, [`DROP KEYSPACE IF EXISTS ${keyspace}`]);
  }
}

/** How far the totals are from the truth, orders by menu type. */
export async function driftOf(tables: Tables, shards: number, recount: ReadonlyMap<string, number>): Promise<number> {
  const states = await Promise.all(
    Array.from({ length: shards }, (_, shard) => tables.readShard({ fold: ORDERS_FOLD, shard }, [ALL], 'serial')),
  );
  const totals = Map.groupBy(
    states.flatMap((state) => state.totals),
    ({ name }) => name,
  );
  let drift = 0;
  for (const [menuType, orders] of recount) {
    drift += Math.abs((totals.get(menuType) ?? []).reduce((sum, total) => sum + figuresOf(total).orders, 0) - orders);
  }
  return drift;
}

/** What it takes a new `kaiseki counter` to count so many orders, all that wait in the log. */
export async function measureCounter(
  environment: NodeJS.ProcessEnv,
  servers: Servers,
  log: Log,
  orders: number,
): Promise<Omit<Counted, 'drift'>> {
  await using counter = await startWorkloads(['counter'], environment);
  await counter.line((line) => line.includes('"msg":"shard claimed"'));
  const usages = [[counter.pid], servers.cassandraPids, servers.kafkaPids].map(cpuUsage);
  const started_ms = clock.monotonic_ms();
  await drained(log, PATIENCE_MS);
  const duration_ms = clock.monotonic_ms() - started_ms;
  const [node_us = 0, cassandra_us = 0, kafka_us = 0] = usages.map((usage) => usage.spent_us() / orders);
  const busiestRowsPerSecond = ((await busiestRows(counter.address)) / duration_ms) * 1_000;
  return { perSecond: (orders / duration_ms) * 1_000, node_us, cassandra_us, kafka_us, busiestRowsPerSecond };
}

/** Rows of the busiest partition of any table, by the counter's own metrics. */
async function busiestRows(address: string): Promise<number> {
  const metrics = await (await fetch(`${address}/metrics`)).text();
  const rows = gauges(metrics, 'kaiseki_tables_rows_written_total');
  const shares = gauges(metrics, 'kaiseki_tables_busiest_partition_ratio');
  return Math.max(0, ...[...shares].map(([table, share]) => share * (rows.get(table) ?? 0)));
}

/** The values of a metric, by its label `table`. */
function gauges(metrics: string, name: string): Map<string, number> {
  const lines = [...metrics.matchAll(new RegExp(`^${name}\\{.*?table="(\\w+)".*?\\} (\\S+)`, 'gm'))];
  return new Map(lines.map(([, table = '', value]) => [table, Number(value)]));
}
