/** Rows as SQLite holds them: scalars as they are, collections as JSON texts. */
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { ColumnType, TableDefinition } from './tables.ts';

export type Cells = Readonly<Record<string, unknown>>;

/** Turns rows of one table into SQL values and back. */
export interface RowCodec {
  /** Appends the values of `columns`, which were checked before, to `values`; returns a guess at their bytes. */
  encode(columns: readonly string[], row: Cells, values: SQLInputValue[]): number;
  /** A row of every column, in their order. */
  decode(values: readonly SQLOutputValue[]): Cells;
}

/** The codec of one table: a map is stored as a flat JSON list of keys and values, a list as a JSON list. */
export function rowCodec(table: TableDefinition): RowCodec {
  const columns = Object.entries(table.columns);
  return {
    encode(names, row, values) {
      let bytes = 0;
      for (const name of names) {
        const value = encodeValue(row[name]);
        values.push(value);
        bytes += SCALAR_BYTES + (typeof value === 'string' ? value.length : 0);
      }
      return bytes;
    },
    decode(values) {
      const row: Record<string, unknown> = {};
      for (const [index, [name, type]] of columns.entries()) row[name] = decodeValue(type, values[index]);
      return row;
    },
  };
}

/** What a value takes in the writer's queue besides its text. */
const SCALAR_BYTES = 16;

function encodeValue(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  // A map is a flat list of keys and values: an object would lose the order of keys that look like numbers.
  if (value instanceof Map) return JSON.stringify([...value].flat());
  return JSON.stringify(value);
}

function decodeValue(type: ColumnType, value: SQLOutputValue | undefined): unknown {
  switch (type) {
    case 'map<text,text>':
    case 'map<text,bigint>': {
      const flat = parseList(value);
      const map = new Map<unknown, unknown>();
      for (let index = 0; index < flat.length; index += 2) map.set(flat[index], flat[index + 1]);
      return map;
    }
    case 'list<text>':
      return parseList(value);
    default:
      return value;
  }
}

function parseList(value: SQLOutputValue | undefined): readonly unknown[] {
  const list: unknown = JSON.parse(String(value));
  if (!Array.isArray(list)) throw new Error('a collection is not stored as a list');
  return list;
}
