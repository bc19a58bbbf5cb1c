import { Client } from 'cassandra-driver';
import { afterAll } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { randomKeyspace, testReplication, testSettings } from './cassandra.testing.ts';
import { openCassandraTables } from './cassandra.ts';
import { migrate } from './migrate.ts';
import { tablesContract } from './tables.contract.ts';
import type { ColumnType, TableDefinition } from './tables.ts';

const keyspace = randomKeyspace();
const settings = testSettings(keyspace);

tablesContract('cassandra', async (definitions) => {
  await migrate({ ...settings, replication: testReplication }, 'cql', systemClock);
  const client = new Client({ ...settings, contactPoints: [...settings.contactPoints] });
  for (const definition of definitions) await client.execute(createTable(definition));
  await client.shutdown();
  return openCassandraTables(settings);
});

afterAll(async () => {
  const client = new Client({ contactPoints: [...settings.contactPoints], localDataCenter: settings.localDataCenter });
  await client.execute(`DROP KEYSPACE IF EXISTS ${keyspace}`);
  await client.shutdown();
});

/** The CQL of a table that has no migration, being the contract's own. */
function createTable({ name, columns, partitionKey, clusteringKey, descending }: TableDefinition): string {
  const declared = Object.entries(columns).map(([column, type]) => `${column} ${cqlType(type)}`);
  const order = clusteringKey.map((column) => `${column} ${descending.includes(column) ? 'DESC' : 'ASC'}`);
  return (
    `CREATE TABLE IF NOT EXISTS ${name} (${declared.join(', ')}, PRIMARY KEY ((${partitionKey.join(', ')}), ${clusteringKey.join(', ')}))` +
    ` WITH CLUSTERING ORDER BY (${order.join(', ')})`
  );
}

function cqlType(type: ColumnType): string {
  const plain = type.replace('?', '');
  return plain.includes('<') ? `frozen<${plain}>` : plain;
}
