/**
 * The cursor of a page: the clustering key of its last row, so that it survives restarts, another process, another
 * adapter, and the deletion of that very row. The same in every adapter.
 */
import { BadCursor, type TableDefinition } from './tables.ts';
import { checkValue } from './values.ts';

/** The cursor that asks for what comes after `row`. */
export function encodeCursor(table: TableDefinition, row: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify([table.name, ...table.clusteringKey.map((column) => row[column])])).toString('base64url');
}

/**
 * The clustering key that a cursor stands at, one value a clustering column. Columns named in `within` must agree: a
 * cursor from one key's rows says nothing about where to go on among another's.
 * @throws BadCursor
 */
export function decodeCursor(table: TableDefinition, within: Readonly<Record<string, unknown>>, cursor: string): readonly unknown[] {
  const [name, ...values] = parse(cursor);
  if (name !== table.name || values.length !== table.clusteringKey.length) throw new BadCursor(`not a cursor of ${table.name}`);
  for (const [index, column] of table.clusteringKey.entries()) {
    try {
      checkValue(table, column, values[index]);
    } catch (error) {
      throw new BadCursor(`not a cursor of ${table.name}`, { cause: error });
    }
    if (within[column] !== undefined && within[column] !== values[index]) throw new BadCursor(`a cursor of another ${column}`);
  }
  return values;
}

function parse(cursor: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parsed)) return parsed;
  } catch (error) {
    throw new BadCursor('not a cursor', { cause: error });
  }
  throw new BadCursor('not a cursor');
}
