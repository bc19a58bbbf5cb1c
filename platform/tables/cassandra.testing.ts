/** Where the tests find a real Cassandra: CASSANDRA_CONTACT_POINTS, and CASSANDRA_LOCAL_DATA_CENTER where it is not `datacenter1`. */
import { randomUUID } from 'node:crypto';
import { Client } from 'cassandra-driver';
import type { CassandraSettings } from './cassandra-client.ts';
import type { ColumnType, TableDefinition } from './tables.ts';

/** @throws Error when no contact points are configured: a test that has no server fails, it is not skipped */
export function testSettings(keyspace: string): CassandraSettings & { readonly replication: Readonly<Record<string, number>> } {
  const contactPoints = process.env.CASSANDRA_CONTACT_POINTS?.split(',');
  if (contactPoints === undefined) throw new Error('set CASSANDRA_CONTACT_POINTS, or run npm run test:servers');
  const localDataCenter = process.env.CASSANDRA_LOCAL_DATA_CENTER ?? 'datacenter1';
  // A copy on each node that is named, three at the most.
  const replication = { [localDataCenter]: Math.min(contactPoints.length, 3) };
  return { contactPoints, localDataCenter, keyspace, consistency: 'LOCAL_QUORUM', replication };
}

/** A keyspace that no other run has. */
export function randomKeyspace(): string {
  return `test_${randomUUID().replaceAll('-', '')}`;
}

/** Runs statements one by one, each settled in the schema before the next. */
export async function runCql(settings: CassandraSettings, statements: readonly string[]): Promise<void> {
  const client = new Client({ contactPoints: [...settings.contactPoints], localDataCenter: settings.localDataCenter });
  try {
    for (const statement of statements) await client.execute(statement);
  } finally {
    await client.shutdown();
  }
}

/** Creates tables that no migration makes: a test's own. */
export async function createTables(settings: CassandraSettings, definitions: readonly TableDefinition[]): Promise<void> {
  await runCql(
    settings,
    definitions.map((definition) => createTable(settings.keyspace, definition)),
  );
}

function createTable(keyspace: string, { name, columns, partitionKey, clusteringKey, descending }: TableDefinition): string {
  const declared = Object.entries(columns).map(([column, type]) => `${column} ${cqlType(type)}`);
  const key = [`(${partitionKey.join(', ')})`, ...clusteringKey].join(', ');
  const order = clusteringKey.map((column) => `${column} ${descending.includes(column) ? 'DESC' : 'ASC'}`);
  return (
    `CREATE TABLE IF NOT EXISTS ${keyspace}.${name} (${declared.join(', ')}, PRIMARY KEY (${key}))` +
    (order.length === 0 ? '' : ` WITH CLUSTERING ORDER BY (${order.join(', ')})`)
  );
}

function cqlType(type: ColumnType): string {
  const plain = type.replace('?', '');
  return plain.includes('<') ? `frozen<${plain}>` : plain;
}

export async function dropKeyspace(settings: CassandraSettings): Promise<void> {
  await runCql(settings, [`DROP KEYSPACE IF EXISTS ${settings.keyspace}`]);
}
