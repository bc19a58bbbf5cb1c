/**
 * What a table is in CQL: its statements, and the way of a row into parameters and out of a result.
 *
 * A null is not written. In Cassandra it would be a tombstone, and a column can be null in most rows: whoever reads
 * them would step over one for each. But a row is written whole, so what a lower version left in such a column must not
 * show: a nullable value counts only if it was written at the row's own version, which is the WRITETIME of any column
 * that is never null. (A table that has none does write its nulls.)
 *
 * An empty list is a null too, because the driver encodes it as one: it is written, and read as empty.
 */
import { types } from 'cassandra-driver';
import { quoted } from './cassandra-client.ts';
import type { ColumnType, TableDefinition } from './tables.ts';

/** A row as the driver gives it: by column name. */
type DriverRow = types.Row;
type Cells = Readonly<Record<string, unknown>>;

/** One statement with its parameters. `bytes` is about what it weighs. */
export interface Statement {
  readonly query: string;
  readonly params: unknown[];
  readonly bytes: number;
}

export interface TableStatements {
  /** The table's full name. */
  readonly name: string;
  /** Everything of a SELECT before its WHERE. */
  readonly select: string;
  /** Starts with the partition key: two mutations belong in one partition when these texts are equal. */
  partitionOf(cells: Cells): string;
  put(row: Cells, version: number): Statement;
  remove(key: Cells, version: number): Statement;
  param(column: string, value: unknown): unknown;
  decode(row: DriverRow): Record<string, unknown>;
}

/** The statements of one table. @throws TypeError for a name that CQL would have to escape */
export function tableStatements(keyspace: string, table: TableDefinition): TableStatements {
  const name = `${quoted(keyspace)}.${quoted(table.name)}`;
  const columns = Object.entries(table.columns).map(([column, type]) => ({ column, type }));
  const keyColumns = [...table.partitionKey, ...table.clusteringKey];
  const values = columns.filter(({ column }) => !keyColumns.includes(column));
  const anchor = values.find(({ type }) => !isNullable(type) && type !== 'list<text>')?.column;
  const guarded = anchor === undefined ? [] : values.filter(({ type }) => isNullable(type)).map(({ column }) => column);
  const absent = anchor === undefined ? null : types.unset;
  const partitionTypes = table.partitionKey.map((column) => table.columns[column]).join();

  const writetimes =
    guarded.length === 0 ? [] : [anchor as string, ...guarded].map((column) => `WRITETIME(${quoted(column)}) AS ${writetimeOf(column)}`);
  const select = `SELECT ${[...columns.map(({ column }) => quoted(column)), ...writetimes].join(', ')} FROM ${name}`;
  const insert =
    `INSERT INTO ${name} (${columns.map(({ column }) => quoted(column)).join(', ')})` +
    ` VALUES (${columns.map(() => '?').join(', ')}) USING TIMESTAMP ?`;
  const deletion = `DELETE FROM ${name} USING TIMESTAMP ? WHERE ${keyColumns.map((column) => `${quoted(column)} = ?`).join(' AND ')}`;
  const param = (column: string, value: unknown) => encode(table.columns[column], value, absent);

  return {
    name,
    select,
    partitionOf: (cells) => partitionTypes + JSON.stringify(table.partitionKey.map((column) => cells[column])),
    put(row, version) {
      const params: unknown[] = [];
      let bytes = 8;
      for (const { column, type } of columns) {
        params.push(encode(type, row[column], absent));
        bytes += weightOf(row[column]);
      }
      params.push(version);
      return { query: insert, params, bytes };
    },
    remove(key, version) {
      const params = [version, ...keyColumns.map((column) => param(column, key[column]))];
      return { query: deletion, params, bytes: keyColumns.reduce((sum, column) => sum + weightOf(key[column]), 8) };
    },
    param,
    decode(row) {
      const decoded: Record<string, unknown> = {};
      for (const { column, type } of columns) decoded[column] = decode(type, row[column]);
      const version = anchor === undefined ? undefined : row[writetimeOf(anchor)];
      for (const column of guarded) {
        if (!version.equals(row[writetimeOf(column)] ?? types.Long.MIN_VALUE)) decoded[column] = null;
      }
      return decoded;
    },
  };
}

function writetimeOf(column: string): string {
  return `written_${column}`;
}

function isNullable(type: ColumnType): boolean {
  return type.endsWith('?');
}

function encode(type: ColumnType | undefined, value: unknown, absent: unknown): unknown {
  if (value === null) return absent;
  return type === 'date' || type === 'date?' ? types.LocalDate.fromString(value as string) : value;
}

function decode(type: ColumnType, value: unknown): unknown {
  if (type === 'list<text>') return value ?? [];
  if (value instanceof types.Long) return safeInteger(value);
  if (value instanceof Date) return value.getTime();
  if (value instanceof types.LocalDate) return value.toString();
  if (type === 'map<text,bigint>') return new Map([...(value as Map<string, types.Long>)].map(([key, item]) => [key, safeInteger(item)]));
  return value;
}

/** @throws RangeError for an integer that JavaScript cannot hold exactly: nothing of ours ever wrote it */
export function safeInteger(value: types.Long): number {
  const number = value.toNumber();
  if (!Number.isSafeInteger(number)) throw new RangeError(`an integer in Cassandra is beyond 2^53: ${value}`);
  return number;
}

/** About the bytes of a value: texts by their length, other scalars as eight. */
function weightOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (value instanceof Map) return [...value].reduce((sum, [key, item]) => sum + 8 + weightOf(key) + weightOf(item), 4);
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + 4 + weightOf(item), 4);
  return 8;
}
