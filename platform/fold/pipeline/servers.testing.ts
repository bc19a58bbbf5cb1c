/** A pipeline on real servers, as a generation of its own: topics of a prefix, tables of a keyspace. */
import { systemClock as clock } from '#platform/clock/clock.ts';
import { openKafkaLog } from '#platform/log/kafka.ts';
import type { Log } from '#platform/log/log.ts';
import { withPrefix } from '#platform/log/prefix.ts';
import { createTables, dropKeyspace, randomKeyspace } from '#platform/tables/cassandra.testing.ts';
import { openCassandraTables } from '#platform/tables/cassandra.ts';
import type { CassandraSettings } from '#platform/tables/cassandra-client.ts';
import { migrate } from '#platform/tables/migrate.ts';
import type { Tables } from '#platform/tables/tables.ts';
import { PIPELINE_TABLES, type PipelineShape, pipelineTopics } from './pipeline.testing.ts';

/** Kafka's minimum: what a dead process owned goes to others so much later. */
const SESSION_TIMEOUT_MS = 6_000;

/** Where a pipeline is. Plain data, so that a child process can be told. */
export interface PipelinePlace {
  readonly brokers: readonly string[];
  readonly contactPoints: readonly string[];
  readonly localDataCenter: string;
  readonly keyspace: string;
  readonly shape: PipelineShape;
}

/** Makes the keyspace, the tables and the topics: copies on every node, three at the most. */
export async function createPlace(servers: Omit<PipelinePlace, 'keyspace'>): Promise<PipelinePlace> {
  const place = { ...servers, keyspace: randomKeyspace() };
  const settings = cassandraSettings(place);
  const replication = { [place.localDataCenter]: Math.min(place.contactPoints.length, 3) };
  await migrate({ ...settings, replication }, 'cql', clock);
  await createTables(settings, PIPELINE_TABLES);
  const log = openLogAt(place);
  await log.createTopics(pipelineTopics(place.shape));
  await log.close();
  return place;
}

/** The name of a topic or group in Kafka itself. */
export function nameAt({ keyspace }: PipelinePlace, name: string): string {
  return `${keyspace}-${name}`;
}

export function openAt(place: PipelinePlace): { log: Log; tables: Tables; close(): Promise<void> } {
  const log = openLogAt(place);
  const tables = openCassandraTables(cassandraSettings(place));
  const close = async () => {
    await log.close();
    await tables.close();
  };
  return { log, tables, close };
}

export function dropPlace(place: PipelinePlace): Promise<void> {
  return dropKeyspace(cassandraSettings(place));
}

function openLogAt(place: PipelinePlace): Log {
  const replicationFactor = Math.min(place.brokers.length, 3);
  const settings = { brokers: place.brokers, clientId: 'pipeline', replicationFactor, session_timeout_ms: SESSION_TIMEOUT_MS };
  return withPrefix(openKafkaLog(settings, clock), nameAt(place, ''));
}

function cassandraSettings({ contactPoints, localDataCenter, keyspace }: PipelinePlace): CassandraSettings {
  return { contactPoints, localDataCenter, keyspace, consistency: 'LOCAL_QUORUM' };
}
