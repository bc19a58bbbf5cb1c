/**
 * What of a partition a page asks for, as restrictions that CQL can say and an index can follow; the same in every
 * adapter. "After this row" is not one of them when the clustering columns run in different directions (CQL and SQL
 * compare tuples by value), so it becomes up to one slice for each column: first the rows that differ from the cursor's
 * only in the last column, then those that differ earlier.
 */
import type { TableDefinition } from './tables.ts';
import { checkValue } from './values.ts';

export interface Restriction {
  readonly column: string;
  readonly operator: '=' | '<' | '<=' | '>' | '>=';
  readonly value: unknown;
}

/** Slices in clustering order; `after` is the clustering key of the row before the first one wanted. */
export function* slicesOf(
  table: TableDefinition,
  within: Readonly<Record<string, unknown>>,
  startsWith: string | undefined,
  after: readonly unknown[] | undefined,
): Generator<readonly Restriction[]> {
  const fixed = equalities(table, within);
  const open = table.clusteringKey.slice(fixed.length - table.partitionKey.length);
  const prefix = prefixRange(table, open[0], startsWith);
  if (after === undefined) {
    yield [...fixed, ...prefix];
    return;
  }
  const position = after.slice(table.clusteringKey.length - open.length);
  for (let depth = open.length - 1; depth >= 0; depth -= 1) {
    const same = open.slice(0, depth).map((column, index): Restriction => ({ column, operator: '=', value: position[index] }));
    const column = open[depth] as string;
    const beyond: Restriction = { column, operator: table.descending.includes(column) ? '<' : '>', value: position[depth] };
    if (depth > 0) {
      if (prefix.every((bound) => holds(position[0] as string, bound))) yield [...fixed, ...same, beyond];
    } else {
      const range = narrowed(prefix, beyond);
      if (range !== undefined) yield [...fixed, ...range];
    }
  }
}

/** The partition key and the leading clustering columns that `within` names. @throws TypeError when they do not lead */
function equalities(table: TableDefinition, within: Readonly<Record<string, unknown>>): Restriction[] {
  const named = table.clusteringKey.filter((column) => within[column] !== undefined);
  if (named.some((column, index) => column !== table.clusteringKey[index])) {
    throw new TypeError(`${table.name}: a page is within leading clustering columns, not ${named.join(', ')}`);
  }
  return [...table.partitionKey, ...named].map((column) => {
    checkValue(table, column, within[column]);
    return { column, operator: '=', value: within[column] };
  });
}

/** The texts that start with `startsWith`: from itself up to the next text that does not. */
function prefixRange(table: TableDefinition, column: string | undefined, startsWith: string | undefined): Restriction[] {
  if (startsWith === undefined || startsWith === '') return [];
  if (column === undefined || table.columns[column] !== 'text')
    throw new TypeError(`${table.name}: startsWith needs a text column to look at`);
  checkValue(table, column, startsWith);
  const end = afterPrefix(startsWith);
  return [{ column, operator: '>=', value: startsWith }, ...(end === undefined ? [] : [{ column, operator: '<', value: end } as const])];
}

/** The first text, by code points as by UTF-8 bytes, after all those that start with `prefix`; undefined when there is none. */
function afterPrefix(prefix: string): string | undefined {
  const points = [...prefix];
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const point = (last.codePointAt(0) as number) + 1;
    if (point <= 0x10ffff) return points.join('') + String.fromCodePoint(point === 0xd800 ? 0xe000 : point);
  }
  return undefined;
}

/** A range and one more bound: at most one bound on either side, as CQL wants it. Undefined when nothing is left. */
function narrowed(range: readonly Restriction[], bound: Restriction): Restriction[] | undefined {
  if (range.length === 0) return [bound];
  const text = bound.value as string;
  const [same, other] = [
    range.filter((item) => item.operator[0] === bound.operator[0]),
    range.filter((item) => item.operator[0] !== bound.operator[0]),
  ];
  if (!other.every((item) => holds(text, item))) return undefined;
  // Where the range's own bound excludes the cursor, it is the narrower one.
  return [...other, ...(same.every((item) => holds(text, item)) ? [bound] : same)];
}

function holds(text: string, { operator, value }: Restriction): boolean {
  const order = Buffer.compare(Buffer.from(text), Buffer.from(value as string));
  return operator === '>=' ? order >= 0 : order < 0;
}
