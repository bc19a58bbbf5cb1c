/** Brings a keyspace of Cassandra up to the migrations of a folder. Safe to run again, and to run twice at once. */
import { type Client, errors, types } from 'cassandra-driver';
import type { Clock } from '#platform/clock/clock.ts';
import { type CassandraSettings, cassandraClient, plainError, quoted } from './cassandra-client.ts';
import { type Migration, readMigrations } from './migrate-files.ts';
import { withMigrationLock } from './migrate-lock.ts';
import { AGREEMENT_POLL_MS, AGREEMENT_WAIT_MS_MAX, applySchema } from './migrate-schema.ts';

export interface MigrateSettings extends CassandraSettings {
  /** Copies in each data centre, for a keyspace that does not exist yet. One that does is left as it is. */
  readonly replication: Readonly<Record<string, number>>;
}

export interface MigrateReport {
  /** The keyspace was missing, and this run (or another one at the same time) made it. */
  readonly keyspaceCreated: boolean;
  /** The names of the migrations that this run applied, in order. */
  readonly applied: readonly string[];
  /** The number of the last migration that the keyspace has now. */
  readonly current: number;
}

/** Thrown when a migration that the keyspace already has is not the one in the folder. */
export class MigrationChanged extends Error {
  override readonly name = 'MigrationChanged';
}

/**
 * Creates the keyspace where there is none, then applies what it lacks, one statement after the other; every node
 * agrees on the schema before the next. A run that was killed is finished by the next one.
 * @throws MigrationChanged, MigrationLocked, BadMigration, or what Cassandra answered
 */
export async function migrate(settings: MigrateSettings, folder: string, clock: Clock): Promise<MigrateReport> {
  const migrations = await readMigrations(folder);
  try {
    const keyspaceCreated = await createKeyspace(settings, clock);
    return { keyspaceCreated, ...(await applyMigrations(settings, migrations, clock)) };
  } catch (error) {
    throw plainError(error);
  }
}

async function applyMigrations(settings: MigrateSettings, migrations: readonly Migration[], clock: Clock) {
  const client = cassandraClient(settings, { keyspace: settings.keyspace });
  try {
    await connectToKeyspace(client, clock);
    return await withMigrationLock(client, clock, async (assertHeld) => {
      await applySchema(client, clock, migrationsTable);
      const applied = missing(migrations, await appliedMigrations(client));
      for (const migration of applied) {
        for (const statement of migration.statements) {
          assertHeld();
          await applySchema(client, clock, statement);
        }
        await client.execute(RECORD, [migration.number, migration.name, migration.checksum, clock.now_ms()], { isIdempotent: true });
      }
      return { applied: applied.map(({ name }) => name), current: Math.max(...(await appliedMigrations(client)).keys()) };
    });
  } finally {
    await client.shutdown();
  }
}

const migrationsTable =
  'CREATE TABLE IF NOT EXISTS schema_migrations (number int PRIMARY KEY, name text, checksum text, applied_at timestamp)';
const RECORD = 'INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)';

/** Returns whether it was missing. An operator may have made it, and this user may have no right to. */
async function createKeyspace(settings: MigrateSettings, clock: Clock): Promise<boolean> {
  const client = cassandraClient(settings);
  try {
    const found = await client.execute('SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?', [settings.keyspace]);
    if (found.rowLength > 0) return false;
    checkNodes(client, settings.replication);
    const copies = Object.entries(settings.replication).map(([dataCenter, count]) => `'${dataCenter.replaceAll("'", "''")}': ${count}`);
    const replication = `{'class': 'NetworkTopologyStrategy', ${copies.join(', ')}}`;
    await applySchema(client, clock, `CREATE KEYSPACE IF NOT EXISTS ${quoted(settings.keyspace)} WITH replication = ${replication}`);
    return true;
  } finally {
    await client.shutdown();
  }
}

/** @throws Error where a data centre has fewer nodes than copies are asked for: in such a keyspace nothing can be written */
function checkNodes(client: Client, replication: MigrateSettings['replication']): void {
  const nodes = client.hosts.values();
  for (const [dataCenter, copies] of Object.entries(replication)) {
    const there = nodes.filter(({ datacenter }) => datacenter === dataCenter).length;
    if (there < copies)
      throw new Error(`${copies} copies (CASSANDRA_REPLICATION_FACTOR) need as many nodes; the data centre ${dataCenter} has ${there}`);
  }
}

/** A node that another run has just told of the keyspace may list it before it can use it. */
async function connectToKeyspace(client: Client, clock: Clock): Promise<void> {
  const deadline_ms = clock.monotonic_ms() + AGREEMENT_WAIT_MS_MAX;
  for (;;) {
    try {
      return await client.connect();
    } catch (error) {
      const unknown = error instanceof errors.ResponseError && error.code === types.responseErrorCodes.invalid;
      if (!unknown || clock.monotonic_ms() > deadline_ms) throw error;
      await clock.sleep(AGREEMENT_POLL_MS);
    }
  }
}

async function appliedMigrations(client: Client): Promise<ReadonlyMap<number, types.Row>> {
  const { rows } = await client.execute('SELECT number, name, checksum FROM schema_migrations', [], { isIdempotent: true });
  return new Map(rows.map((row) => [row.number, row]));
}

/** Those that the keyspace lacks. It may have more than the folder: a newer release has been here. @throws MigrationChanged */
function missing(migrations: readonly Migration[], applied: ReadonlyMap<number, types.Row>): readonly Migration[] {
  for (const { number, name, checksum } of migrations) {
    const before = applied.get(number);
    if (before !== undefined && before.checksum !== checksum) {
      throw new MigrationChanged(
        `${name} was changed after it had been applied as ${before.name}: put it back as it was, and what is new into the next number`,
      );
    }
  }
  return migrations.filter(({ number }) => !applied.has(number));
}
