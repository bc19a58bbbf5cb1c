/** The tables port with metrics around it: how long calls take, how many fail, and whether one partition gets all the writes. */
import type { Clock } from '#platform/clock/clock.ts';
import { BadCursor, type Mutation, type Tables } from '#platform/tables/tables.ts';
import { type Declarations, DURATION_BUCKETS_S } from './declare.ts';
import { timed } from './timed.ts';
import { WriteShares } from './write-shares.ts';

export type TablesMetrics = ReturnType<typeof declareTablesMetrics>;

type Operation = 'get' | 'page' | 'write' | 'read_shard' | 'claim_shard' | 'commit_shard' | 'check';

/** Under this name the metrics know the rows that commits write. */
const SHARD_TOTALS = 'shard_totals';

export function declareTablesMetrics(declare: Declarations) {
  return {
    duration: declare.histogram(
      'kaiseki_tables_operation_duration_seconds',
      ['operation'],
      DURATION_BUCKETS_S,
      'Calls to the tables, failed ones included: get, page, write, read_shard, claim_shard, commit_shard, check.',
    ),
    failures: declare.counter('kaiseki_tables_operation_failures_total', ['operation'], 'Calls to the tables that failed.'),
    rowsRead: declare.counter('kaiseki_tables_rows_read_total', ['table'], 'Rows asked for by key or read in pages.'),
    rowsWritten: declare.counter('kaiseki_tables_rows_written_total', ['table'], 'Rows put or deleted, repeated writes included.'),
    waiting: declare.gauge(
      'kaiseki_tables_queue_requests',
      [],
      'Requests that wait in this process until one of those under way with Cassandra ends; 0 where the tables are embedded.',
    ),
    waitingLimit: declare.gauge(
      'kaiseki_tables_queue_limit_requests',
      [],
      'Requests at which that queue is full and calls fail at once; 0 where the tables are embedded.',
    ),
    busiestPartition: declare.gauge(
      'kaiseki_tables_busiest_partition_ratio',
      ['table'],
      'Share of the busiest partition in the rows that this process wrote to the table in the last minute, 0 to 1; with n equally busy partitions it is 1/n. The rows of one flush for one partition travel together.',
    ),
  };
}

/** What of the program's metrics the decorator needs. */
interface MeasuredIn {
  readonly tables: TablesMetrics;
  beforeRender(refresh: () => void): () => void;
}

/** The same tables, measured. */
export function measureTables(tables: Tables, metrics: MeasuredIn, clock: Clock): Tables {
  const { rowsRead, rowsWritten, busiestPartition } = metrics.tables;
  const shares = new WriteShares();
  const call = <T>(operation: Operation, send: () => Promise<T>): Promise<T> => timed(clock, metrics.tables, { operation }, send);
  const countWrites = (mutations: readonly Mutation[]) => {
    for (const [table, rows] of shares.add(mutations, clock.monotonic_ms())) rowsWritten.inc({ table }, rows);
  };
  const forget = metrics.beforeRender(() => {
    for (const [table, share] of shares.busiest(clock.monotonic_ms())) busiestPartition.set({ table }, share);
  });
  return {
    async get(table, keys) {
      rowsRead.inc({ table: table.name }, keys.length);
      return await call('get', () => tables.get(table, keys));
    },
    async page(table, request) {
      // A cursor that some client made up is that client's failure, not the tables'.
      const page = await call('page', () => tables.page(table, request).catch(asBadCursor));
      if (page instanceof BadCursor) throw page;
      rowsRead.inc({ table: table.name }, page.rows.length);
      return page;
    },
    async write(mutations) {
      countWrites(mutations);
      await call('write', () => tables.write(mutations));
    },
    readShard: (shard, periods, consistency) => call('read_shard', () => tables.readShard(shard, periods, consistency)),
    claimShard: (shard, claim) => call('claim_shard', () => tables.claimShard(shard, claim)),
    async commitShard(shard, commit) {
      const rows = commit.totals.length + 1;
      shares.addRows(SHARD_TOTALS, `${shard.fold}/${shard.shard}`, rows, clock.monotonic_ms());
      rowsWritten.inc({ table: SHARD_TOTALS }, rows);
      return await call('commit_shard', () => tables.commitShard(shard, commit));
    },
    check: () => call('check', () => tables.check()),
    async close() {
      forget();
      await tables.close();
    },
  };
}

function asBadCursor(error: unknown): BadCursor {
  if (error instanceof BadCursor) return error;
  throw error;
}
