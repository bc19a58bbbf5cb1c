/** One generation of the system on the real servers: topics of a prefix, tables of a keyspace. */
import { randomUUID } from 'node:crypto';
import { Client } from 'cassandra-driver';
import { pino } from 'pino';
import { systemClock as clock } from '#platform/clock/clock.ts';
import type { Log } from '#platform/log/log.ts';
import type { Tables } from '#platform/tables/tables.ts';
import { migrateTables, openLog, openTables } from '#workloads/adapters.ts';
import { allTopics } from '#workloads/catalogue.ts';
import { loadSettings } from '#workloads/settings.ts';
import { processesListeningOn } from './listening.ts';

/** The servers of this run: KAFKA_BROKERS and CASSANDRA_CONTACT_POINTS. */
export interface Servers {
  readonly brokers: readonly string[];
  readonly contactPoints: readonly string[];
  readonly localDataCenter: string;
  readonly kafkaPids: readonly number[];
  readonly cassandraPids: readonly number[];
}

/** @throws Error where a variable is missing, or the servers are not on this machine */
export function serversOfEnvironment(): Servers {
  const { KAFKA_BROKERS, CASSANDRA_CONTACT_POINTS, CASSANDRA_LOCAL_DATA_CENTER = 'datacenter1' } = process.env;
  if (!KAFKA_BROKERS || !CASSANDRA_CONTACT_POINTS) throw new Error('run npm run bench:servers: it starts the servers');
  const brokers = KAFKA_BROKERS.split(',');
  const contactPoints = CASSANDRA_CONTACT_POINTS.split(',');
  return {
    brokers,
    contactPoints,
    localDataCenter: CASSANDRA_LOCAL_DATA_CENTER,
    kafkaPids: processesListeningOn(brokers),
    cassandraPids: processesListeningOn(contactPoints),
  };
}

/** Copies of every row, of the rival's as of Kaiseki's: three, or as many as there are nodes. */
export function rowCopies({ contactPoints }: Servers): number {
  return Math.min(contactPoints.length, 3);
}

/** A prefix or keyspace that no other run has. */
export function uniqueName(): string {
  return `bench_${randomUUID().replaceAll('-', '')}`;
}

/** The settings of the program for a generation, as environment variables. */
export function generationEnvironment(servers: Servers, prefix: string, keyspace: string): NodeJS.ProcessEnv {
  return {
    KAFKA_BROKERS: servers.brokers.join(','),
    KAFKA_PREFIX: prefix,
    KAFKA_REPLICATION_FACTOR: String(Math.min(servers.brokers.length, 3)),
    CASSANDRA_CONTACT_POINTS: servers.contactPoints.join(','),
    CASSANDRA_LOCAL_DATA_CENTER: servers.localDataCenter,
    CASSANDRA_KEYSPACE: keyspace,
    CASSANDRA_REPLICATION_FACTOR: String(rowCopies(servers)),
  };
}

/** The log of a generation, with its topics. */
export async function openGenerationLog(environment: NodeJS.ProcessEnv): Promise<Log & AsyncDisposable> {
  const settings = loadSettings(environment);
  const log = await openLog(settings, clock, pino({ level: 'silent' }));
  await log.createTopics(allTopics(settings));
  return Object.assign(log, { [Symbol.asyncDispose]: () => log.close() });
}

/** The tables of a generation, made by the migrations. */
export async function openGenerationTables(environment: NodeJS.ProcessEnv): Promise<Tables & AsyncDisposable> {
  const settings = loadSettings(environment);
  await migrateTables(settings, clock);
  const tables = await openTables(settings);
  return Object.assign(tables, { [Symbol.asyncDispose]: () => tables.close() });
}

/** Runs CQL statements one after the other. */
export async function runCql({ contactPoints, localDataCenter }: Servers, statements: readonly string[]): Promise<void> {
  const client = new Client({ contactPoints: [...contactPoints], localDataCenter, socketOptions: { readTimeout: 60_000 } });
  try {
    for (const statement of statements) await client.execute(statement);
  } finally {
    await client.shutdown();
  }
}
