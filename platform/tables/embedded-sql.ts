/** SQL for a table definition. Every row has a version; a deleted one keeps it, so that older writes stay away. */
import type { Restriction } from './slices.ts';
import type { ColumnType, TableDefinition } from './tables.ts';

/** Names of columns that no table definition can have: a CQL name begins with a letter. */
const VERSION_COLUMN = '_version';
const DELETED_COLUMN = '_deleted';

export interface TableSql {
  readonly create: string;
  /** Takes every column, then the version. */
  readonly put: string;
  /** Takes the key columns, then the version. */
  readonly remove: string;
  /** Takes the key columns; gives every column. */
  readonly get: string;
}

/** The statements of a table, which do not depend on what is asked. */
export function tableSql(table: TableDefinition): TableSql {
  const name = quoted(table.name);
  const columns = Object.keys(table.columns);
  const key = keyColumns(table);
  const rest = columns.filter((column) => !key.includes(column));
  const keyList = key.map(quoted).join(', ');
  const columnList = columns.map(quoted).join(', ');
  return {
    create: `CREATE TABLE ${name} (${[
      ...columns.map((column) => `${quoted(column)} ${sqlType(table.columns[column] as ColumnType)}`),
      `${VERSION_COLUMN} INTEGER NOT NULL`,
      `${DELETED_COLUMN} INTEGER NOT NULL`,
      `PRIMARY KEY (${key.map((column) => `${quoted(column)} ${directionOf(table, column)}`).join(', ')})`,
    ].join(', ')}) STRICT, WITHOUT ROWID`,
    put: `INSERT INTO ${name} (${columnList}, ${VERSION_COLUMN}, ${DELETED_COLUMN}) VALUES (${holes(columns.length)}, ?, 0)
      ON CONFLICT DO UPDATE SET ${[...rest, VERSION_COLUMN, DELETED_COLUMN].map((column) => `${quoted(column)} = excluded.${quoted(column)}`).join(', ')}
      WHERE excluded.${VERSION_COLUMN} > ${name}.${VERSION_COLUMN}`,
    remove: `INSERT INTO ${name} (${keyList}, ${VERSION_COLUMN}, ${DELETED_COLUMN}) VALUES (${holes(key.length)}, ?, 1)
      ON CONFLICT DO UPDATE SET ${rest.map((column) => `${quoted(column)} = NULL, `).join('')}${VERSION_COLUMN} = excluded.${VERSION_COLUMN}, ${DELETED_COLUMN} = 1
      WHERE excluded.${VERSION_COLUMN} > ${name}.${VERSION_COLUMN}
        OR (excluded.${VERSION_COLUMN} = ${name}.${VERSION_COLUMN} AND ${name}.${DELETED_COLUMN} = 0)`,
    get: `SELECT ${columnList} FROM ${name} WHERE ${key.map((column) => `${quoted(column)} = ?`).join(' AND ')} AND ${DELETED_COLUMN} = 0`,
  };
}

/** A slice of a partition in clustering order. Takes the restrictions' values, then a limit; gives every column. */
export function sliceSql(table: TableDefinition, restrictions: readonly Restriction[]): string {
  const columns = Object.keys(table.columns).map(quoted).join(', ');
  const where = [...restrictions.map(({ column, operator }) => `${quoted(column)} ${operator} ?`), `${DELETED_COLUMN} = 0`].join(' AND ');
  const order = table.clusteringKey.map((column) => `${quoted(column)} ${directionOf(table, column)}`).join(', ');
  return `SELECT ${columns} FROM ${quoted(table.name)} WHERE ${where}${order === '' ? '' : ` ORDER BY ${order}`} LIMIT ?`;
}

/** Partition key, then clustering key. */
export function keyColumns(table: TableDefinition): readonly string[] {
  return [...table.partitionKey, ...table.clusteringKey];
}

function directionOf(table: TableDefinition, column: string): 'ASC' | 'DESC' {
  return table.descending.includes(column) ? 'DESC' : 'ASC';
}

/** SQLite's own order of TEXT is that of its UTF-8 bytes. */
function sqlType(type: ColumnType): 'TEXT' | 'INTEGER' {
  return /^(int|bigint|timestamp)\??$/.test(type) ? 'INTEGER' : 'TEXT';
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function holes(count: number): string {
  return Array(count).fill('?').join(', ');
}
