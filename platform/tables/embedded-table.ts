/** One table of the embedded tables: its statements, and what is read with them. */
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { readAtOnce } from '#platform/sqlite/database.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { type Cells, type RowCodec, rowCodec } from './embedded-rows.ts';
import { keyColumns, sliceSql, type TableSql, tableSql } from './embedded-sql.ts';
import { slicesOf } from './slices.ts';
import type { PageRequest, TableDefinition } from './tables.ts';

/** What a page is asked for, whatever the table. */
export type AnyPageRequest = Omit<PageRequest<never>, 'within'> & { readonly within: Cells };

export class EmbeddedTable {
  readonly definition: TableDefinition;
  readonly sql: TableSql;
  readonly codec: RowCodec;
  readonly columns: readonly string[];
  readonly key: readonly string[];
  readonly #database: DatabaseSync;
  readonly #get: StatementSync;
  /** By what the restrictions compare: a handful of shapes a table. */
  readonly #slices = new Map<string, StatementSync>();

  /** The table must be there. */
  constructor(database: DatabaseSync, definition: TableDefinition) {
    this.definition = definition;
    this.sql = tableSql(definition);
    this.codec = rowCodec(definition);
    this.columns = Object.keys(definition.columns);
    this.key = keyColumns(definition);
    this.#database = database;
    this.#get = arrays(database.prepare(this.sql.get));
  }

  /** The rows of checked keys, as of one instant. */
  get(keys: readonly Cells[]): (Cells | undefined)[] {
    return readAtOnce(this.#database, () =>
      keys.map((key) => {
        const values: SQLInputValue[] = [];
        this.codec.encode(this.key, key, values);
        const row = this.#get.get(...values);
        return row === undefined ? undefined : this.codec.decode(valuesOf(row));
      }),
    );
  }

  /** @throws BadCursor, TypeError */
  page({ within, startsWith, limit, cursor }: AnyPageRequest): { readonly rows: readonly Cells[]; readonly cursor?: string } {
    const after = cursor === undefined ? undefined : decodeCursor(this.definition, within, cursor);
    // One more than asked for tells whether there is another page.
    const rows = readAtOnce(this.#database, () => this.#slice(within, startsWith, after, limit + 1));
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return last === undefined ? { rows } : { rows: rows.slice(0, limit), cursor: encodeCursor(this.definition, last) };
  }

  #slice(within: Cells, startsWith: string | undefined, after: readonly unknown[] | undefined, limit: number): Cells[] {
    const rows: Cells[] = [];
    for (const restrictions of slicesOf(this.definition, within, startsWith, after)) {
      const sql = sliceSql(this.definition, restrictions);
      const statement = this.#slices.get(sql) ?? arrays(this.#database.prepare(sql));
      this.#slices.set(sql, statement);
      const values = restrictions.map(({ value }) => value as SQLInputValue);
      for (const row of statement.all(...values, limit - rows.length)) rows.push(this.codec.decode(valuesOf(row)));
      if (rows.length === limit) break;
    }
    return rows;
  }
}

/** A statement whose rows come as arrays of values, which costs less than objects. */
function arrays(statement: StatementSync): StatementSync {
  statement.setReturnArrays(true);
  return statement;
}

/** The types of node:sqlite know rows as objects only. */
function valuesOf(row: unknown): readonly SQLOutputValue[] {
  if (!Array.isArray(row)) throw new Error('SQLite gave a row that is no array');
  return row;
}
