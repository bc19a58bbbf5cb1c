import { afterAll } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { dropKeyspace, randomKeyspace, runCql, testSettings } from './cassandra.testing.ts';
import { openCassandraTables } from './cassandra.ts';
import { migrate } from './migrate.ts';
import { tablesContract } from './tables.contract.ts';
import type { ColumnType, TableDefinition } from './tables.ts';

const settings = testSettings(randomKeyspace());

tablesContract('cassandra', async (definitions) => {
  await migrate(settings, 'cql', systemClock);
  await runCql(settings, definitions.map(createTable));
  return openCassandraTables(settings);
});

afterAll(() => dropKeyspace(settings));

/** The CQL of a table that has no migration, being the contract's own. */
function createTable({ name, columns, partitionKey, clusteringKey, descending }: TableDefinition): string {
  const declared = Object.entries(columns).map(([column, type]) => `${column} ${cqlType(type)}`);
  const order = clusteringKey.map((column) => `${column} ${descending.includes(column) ? 'DESC' : 'ASC'}`);
  return (
    `CREATE TABLE IF NOT EXISTS ${settings.keyspace}.${name}` +
    ` (${declared.join(', ')}, PRIMARY KEY ((${partitionKey.join(', ')}), ${clusteringKey.join(', ')}))` +
    ` WITH CLUSTERING ORDER BY (${order.join(', ')})`
  );
}

function cqlType(type: ColumnType): string {
  const plain = type.replace('?', '');
  return plain.includes('<') ? `frozen<${plain}>` : plain;
}
