/**
 * What a column may hold: checked by every adapter just before a value goes out, so that all of them refuse the same
 * values with the same words. Without it a store would keep something else in silence (a lone surrogate becomes U+FFFD).
 */
import { type ColumnType, type Mutation, type TableDefinition, type TotalRow, UnwritableRow } from './tables.ts';

/** Bytes of one text in a key, in UTF-8: far above any id, well below the 65,535 bytes that Cassandra can hold. */
const KEY_TEXT_BYTES_MAX = 8_192;

const TIMESTAMP_MS_MAX = 8.64e15;

/**
 * @throws UnwritableRow naming table and column when the value is not of the column's type: a text that is not well-formed
 * Unicode, a number that is no safe integer, a date that is in no calendar, null or a missing value where it is not allowed
 */
export function checkValue(table: TableDefinition, column: string, value: unknown): void {
  const type = table.columns[column];
  if (type === undefined) throw new UnwritableRow(`${table.name} has no column ${column}`);
  const isKey = table.partitionKey.includes(column) || table.clusteringKey.includes(column);
  // Cassandra has no partition without a name.
  const isNameless = value === '' && table.partitionKey.length === 1 && table.partitionKey[0] === column;
  const problem = isNameless ? 'needs a text that is not empty, being a whole partition key' : problemOf(type, value, isKey);
  if (problem !== undefined) throw new UnwritableRow(`${table.name}.${column} (${type}): ${problem}`);
}

/** @throws UnwritableRow when a row lacks a column, has one that the table has not, or a value that its column cannot hold */
function checkRow(table: TableDefinition, row: Readonly<Record<string, unknown>>): void {
  for (const column of Object.keys(table.columns)) checkValue(table, column, row[column]);
  for (const column of Object.keys(row)) {
    if (!Object.hasOwn(table.columns, column)) throw new UnwritableRow(`${table.name} has no column ${column}`);
  }
}

/** @throws UnwritableRow when a key lacks a column or has a value that its column cannot hold */
export function checkKey(table: TableDefinition, key: Readonly<Record<string, unknown>>): void {
  for (const column of table.partitionKey) checkValue(table, column, key[column]);
  for (const column of table.clusteringKey) checkValue(table, column, key[column]);
}

/** @throws UnwritableRow where one of them says what its table cannot hold */
export function checkMutations(mutations: readonly Mutation[]): void {
  for (const mutation of mutations) {
    checkVersion(mutation.version);
    if (mutation.kind === 'put') checkRow(mutation.table, mutation.row);
    else checkKey(mutation.table, mutation.key);
  }
}

/** @throws UnwritableRow for totals that would not come back as they were: no period, a figure that is no safe integer, or one total twice */
export function checkTotals(totals: readonly TotalRow[]): void {
  const keys = new Set<string>();
  for (const { period, name, figures } of totals) {
    const problem = textProblem(period, true) ?? textProblem(name, true) ?? figuresProblem(figures);
    if (problem !== undefined) throw new UnwritableRow(`the total of ${JSON.stringify([period, name])}: ${problem}`);
    if (period === '') throw new UnwritableRow(`the total of ${JSON.stringify(name)} needs a period`);
    keys.add(JSON.stringify([period, name]));
  }
  if (keys.size !== totals.length) throw new UnwritableRow('a commit sets each total once');
}

function figuresProblem(figures: TotalRow['figures']): string | undefined {
  for (const [measure, figure] of Object.entries(figures)) {
    const problem = textProblem(measure, false) ?? (Number.isSafeInteger(figure) ? undefined : 'needs safe integers');
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** @throws UnwritableRow when a version is not an integer from 0 to 2^53 - 1 */
function checkVersion(version: number): void {
  if (!Number.isSafeInteger(version) || version < 0) throw new UnwritableRow(`a version is an integer from 0 to 2^53 - 1, not ${version}`);
}

/** @throws RangeError when a page's limit is not an integer of at least 1 */
export function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`a page's limit is an integer of at least 1, not ${limit}`);
}

function problemOf(type: ColumnType, value: unknown, isKey: boolean): string | undefined {
  switch (type) {
    case 'text':
      return textProblem(value, isKey);
    case 'int':
      return Number.isInteger(value) && value === (Number(value) | 0) ? undefined : 'needs an integer of 32 bits';
    case 'bigint':
      return Number.isSafeInteger(value) ? undefined : 'needs a safe integer';
    case 'timestamp':
      return Number.isInteger(value) && Math.abs(Number(value)) <= TIMESTAMP_MS_MAX
        ? undefined
        : 'needs whole milliseconds since the epoch';
    case 'date':
      return isDate(value) ? undefined : 'needs a day of the calendar as YYYY-MM-DD';
    case 'map<text,text>':
      return mapProblem(value, (item) => textProblem(item, false));
    case 'map<text,bigint>':
      return mapProblem(value, (item) => (Number.isSafeInteger(item) ? undefined : 'needs safe integers'));
    case 'list<text>':
      return Array.isArray(value) ? firstProblem(value, (item) => textProblem(item, false)) : 'needs an array';
    default:
      return value === null ? undefined : problemOf(scalarOf(type), value, isKey);
  }
}

function scalarOf(type: `${'text' | 'int' | 'bigint' | 'timestamp' | 'date'}?`): ColumnType {
  return type.slice(0, -1) as ColumnType;
}

function textProblem(value: unknown, isKey: boolean): string | undefined {
  if (typeof value !== 'string') return 'needs a text';
  if (!value.isWellFormed()) return 'needs well-formed Unicode; this text has half of a surrogate pair';
  // A UTF-16 unit is at most three bytes of UTF-8, so that the bytes of almost every key need no counting.
  if (isKey && value.length * 3 > KEY_TEXT_BYTES_MAX && Buffer.byteLength(value) > KEY_TEXT_BYTES_MAX) {
    return `needs at most ${KEY_TEXT_BYTES_MAX} bytes, being part of a key`;
  }
  return undefined;
}

function mapProblem(value: unknown, itemProblem: (item: unknown) => string | undefined): string | undefined {
  if (!(value instanceof Map)) return 'needs a Map';
  for (const [key, item] of value) {
    const problem = textProblem(key, false) ?? itemProblem(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function firstProblem(items: readonly unknown[], itemProblem: (item: unknown) => string | undefined): string | undefined {
  for (const item of items) {
    const problem = itemProblem(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isDate(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const at_ms = Date.parse(value);
  return !Number.isNaN(at_ms) && new Date(at_ms).toISOString().startsWith(value);
}
