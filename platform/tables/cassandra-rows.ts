/** Rows in Cassandra: written in batches of one partition, read by key and page by page. */

import { quoted } from './cassandra-client.ts';
import type { Requests } from './cassandra-requests.ts';
import type { Statement, TableStatements } from './cassandra-statements.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { slicesOf } from './slices.ts';
import type { Mutation, TableDefinition } from './tables.ts';
import { checkKey, checkLimit, checkMutations } from './values.ts';

type Cells = Readonly<Record<string, unknown>>;
type StatementsOf = (table: TableDefinition) => TableStatements;

/**
 * A batch is one mutation and one entry of the commit log, whatever its size; these bound what a node must hold at once. Two
 * batches of one partition at a time get into each other's way in the memtable, so one is best (decision 11).
 */
const BATCH_STATEMENTS_MAX = 2_000;
const BATCH_BYTES_MAX = 400_000;
/** Keys in one query: all of one partition. */
const GET_KEYS_MAX = 250;
/** Rows in one answer; a larger page is fetched in several. */
const FETCH_ROWS_MAX = 5_000;

/** Checks every mutation, then writes them all: those of one partition together, of whichever table. */
export async function writeRows(requests: Requests, statementsOf: StatementsOf, mutations: readonly Mutation[]): Promise<void> {
  checkMutations(mutations);
  const partitions = Map.groupBy(mutations, (mutation) =>
    statementsOf(mutation.table).partitionOf(mutation.kind === 'put' ? mutation.row : mutation.key),
  );
  const sent: Promise<void>[] = [];
  for (const partition of partitions.values()) {
    for (const batch of batchesOf(partition, statementsOf)) sent.push(requests.write(batch));
  }
  await Promise.all(sent);
}

function* batchesOf(mutations: readonly Mutation[], statementsOf: StatementsOf): Generator<readonly Statement[]> {
  let batch: Statement[] = [];
  let bytes = 0;
  for (const mutation of mutations) {
    const statements = statementsOf(mutation.table);
    const statement =
      mutation.kind === 'put' ? statements.put(mutation.row, mutation.version) : statements.remove(mutation.key, mutation.version);
    if (batch.length === BATCH_STATEMENTS_MAX || (batch.length > 0 && bytes + statement.bytes > BATCH_BYTES_MAX)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(statement);
    bytes += statement.bytes;
  }
  if (batch.length > 0) yield batch;
}

/** The rows of the keys, in their order; undefined where there is none. */
export async function getRows(
  requests: Requests,
  statements: TableStatements,
  table: TableDefinition,
  keys: readonly Cells[],
): Promise<(Cells | undefined)[]> {
  for (const key of keys) checkKey(table, key);
  const keyColumns = [...table.partitionKey, ...table.clusteringKey];
  // Rows of one partition are asked for together, by their last clustering column; where there is none, each is a partition.
  const last = table.clusteringKey.at(-1);
  const shared = last === undefined ? keyColumns : keyColumns.slice(0, -1);
  const restrictions = [...shared.map((column) => `${quoted(column)} = ?`), ...(last === undefined ? [] : [`${quoted(last)} IN ?`])];
  const query = `${statements.select} WHERE ${restrictions.join(' AND ')}`;
  const textOf = (key: Cells, columns: readonly string[]) => JSON.stringify(columns.map((column) => key[column]));
  const found = new Map<string, Cells>();

  const groups = Map.groupBy(keys, (key) => textOf(key, shared));
  const asked: Promise<void>[] = [];
  for (const group of groups.values()) {
    const size = last === undefined ? group.length : GET_KEYS_MAX;
    for (let start = 0; start < group.length; start += size) asked.push(ask(group.slice(start, start + size)));
  }
  await Promise.all(asked);
  return keys.map((key) => found.get(textOf(key, keyColumns)));

  async function ask(some: readonly Cells[]): Promise<void> {
    const params: unknown[] = shared.map((column) => statements.param(column, some[0]?.[column]));
    if (last !== undefined) params.push(some.map((key) => statements.param(last, key[last])));
    const result = await requests.query(query, params);
    for (const row of result.rows) {
      const decoded = statements.decode(row);
      found.set(textOf(decoded, keyColumns), decoded);
    }
  }
}

export interface RowsRequest {
  readonly within: Cells;
  readonly startsWith?: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** One page of a partition. One row more than asked for is read, to know whether a next page exists. @throws BadCursor */
export async function pageRows(
  requests: Requests,
  statements: TableStatements,
  table: TableDefinition,
  { within, startsWith, limit, cursor }: RowsRequest,
): Promise<{ rows: readonly Cells[]; cursor?: string }> {
  checkLimit(limit);
  const after = cursor === undefined ? undefined : decodeCursor(table, within, cursor);
  const rows: Cells[] = [];
  for (const slice of slicesOf(table, within, startsWith, after)) {
    const where = slice.map(({ column, operator }) => `${quoted(column)} ${operator} ?`).join(' AND ');
    const params = slice.map(({ column, value }) => statements.param(column, value));
    await collect(`${statements.select} WHERE ${where} LIMIT ?`, params);
    if (rows.length > limit) break;
  }
  if (rows.length <= limit) return { rows };
  const page = rows.slice(0, limit);
  return { rows: page, cursor: encodeCursor(table, page[limit - 1] as Cells) };

  async function collect(query: string, params: readonly unknown[]): Promise<void> {
    const wanted = limit + 1 - rows.length;
    let pageState: string | undefined;
    do {
      const options = { fetchSize: Math.min(wanted, FETCH_ROWS_MAX), ...(pageState === undefined ? {} : { pageState }) };
      const result = await requests.query(query, [...params, wanted], options);
      for (const row of result.rows) rows.push(statements.decode(row));
      pageState = result.pageState;
    } while (pageState);
  }
}
