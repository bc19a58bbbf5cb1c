/** What stands behind the ports: the one place that chooses, from the settings. An adapter that is not chosen is never loaded. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '#platform/clock/clock.ts';
import type { Log } from '#platform/log/log.ts';
import { withPrefix } from '#platform/log/prefix.ts';
import type { Queue } from '#platform/metrics/queue.ts';
import type { MigrateReport } from '#platform/tables/migrate.ts';
import type { Tables } from '#platform/tables/tables.ts';
import type { Settings } from './settings.ts';

/**
 * The log: Kafka where KAFKA_BROKERS is set, else files in the data directory.
 * @param queued told of the queue before the log, where there is one
 */
export async function openLog(
  settings: Settings,
  clock: Clock,
  logger: Logger,
  queued: (queue: Queue) => void = () => undefined,
): Promise<Log> {
  if (settings.kafka) {
    const { openKafkaLog } = await import('#platform/log/kafka.ts');
    const log = openKafkaLog(settings.kafka, clock, logger.child({ port: 'log' }));
    queued(log.queue);
    return withPrefix(log, settings.kafka.prefix);
  }
  const { openEmbeddedLog } = await import('#platform/log/embedded.ts');
  return openEmbeddedLog({ directory: settings.dataDirectory, clock });
}

/**
 * The tables: Cassandra where CASSANDRA_CONTACT_POINTS is set, else files in the data directory.
 * @param queued told of the queue before the tables, where there is one
 */
export async function openTables(settings: Settings, queued: (queue: Queue) => void = () => undefined): Promise<Tables> {
  if (settings.cassandra) {
    const { openCassandraTables } = await import('#platform/tables/cassandra.ts');
    const tables = openCassandraTables(settings.cassandra);
    queued(tables.queue);
    return tables;
  }
  const { openEmbeddedTables } = await import('#platform/tables/embedded.ts');
  return openEmbeddedTables({ directory: settings.dataDirectory });
}

/** Brings the schema up to date; undefined where the tables are embedded and bring it themselves. */
export async function migrateTables({ cassandra }: Settings, clock: Clock): Promise<MigrateReport | undefined> {
  if (!cassandra) return undefined;
  const { migrate } = await import('#platform/tables/migrate.ts');
  const replication = { [cassandra.localDataCenter]: cassandra.replicationFactor };
  return migrate({ ...cassandra, replication }, join(import.meta.dirname, '..', 'cql'), clock);
}
