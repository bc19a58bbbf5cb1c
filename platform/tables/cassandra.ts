/** The tables on Apache Cassandra 5. Its schema is in cql/ and is applied by migrate.ts. */
import { type CassandraSettings, cassandraClient } from './cassandra-client.ts';
import { cassandraRequests, type Requests } from './cassandra-requests.ts';
import { getRows, pageRows, writeRows } from './cassandra-rows.ts';
import { cassandraShards } from './cassandra-shards.ts';
import { type TableStatements, tableStatements } from './cassandra-statements.ts';
import type { Page, Row, TableDefinition, Tables } from './tables.ts';

/**
 * The tables of a keyspace. The first call connects. While Cassandra does not answer, every call rejects and says why;
 * the connection comes back by itself.
 *
 * A version is the row's `USING TIMESTAMP`, so Cassandra itself lets the highest one stand; deletes win at equal
 * versions there too.
 */
export function openCassandraTables(settings: CassandraSettings): Tables & Pick<Requests, 'queue'> {
  const requests = cassandraRequests(cassandraClient(settings), settings.consistency);
  const shards = cassandraShards(requests, settings.keyspace, settings.consistency);
  const known = new Map<TableDefinition, TableStatements>();

  function statementsOf(table: TableDefinition): TableStatements {
    const statements = known.get(table) ?? tableStatements(settings.keyspace, table);
    known.set(table, statements);
    return statements;
  }

  return {
    async get(table, keys) {
      const rows = await getRows(requests, statementsOf(table), table, keys);
      return rows as readonly (Row<typeof table> | undefined)[];
    },
    async page(table, request) {
      const page = await pageRows(requests, statementsOf(table), table, request);
      return page as Page<typeof table>;
    },
    write: (mutations) => writeRows(requests, statementsOf, mutations),
    readShard: (shard, periods, consistency) => shards.read(shard, periods, consistency),
    claimShard: (shard, claim) => shards.claim(shard, claim),
    commitShard: (shard, commit) => shards.commit(shard, commit),
    check: () => shards.check(),
    queue: requests.queue,
    close: () => requests.close(),
  };
}
