import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTexts, contractNewest, contractPages } from './contract/definitions.ts';
import { type Restriction, slicesOf } from './slices.ts';
import type { TableDefinition } from './tables.ts';

type Cells = Readonly<Record<string, unknown>>;

describe('the slices of a page', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', '\u007f', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}'), { maxLength: 3 })
    .map((parts) => parts.join(''));
  const number = fc.integer({ min: 0, max: 3 });
  const page = fc.record({ bucket: fc.constant(1), name: text, at: number, number });
  const newest = fc.record({ topic: fc.constant('t'), title: text, number });

  it.each([
    { table: contractPages as TableDefinition, partition: { bucket: 1 }, row: page as fc.Arbitrary<Cells> },
    { table: contractNewest as TableDefinition, partition: { topic: 't' }, row: newest as fc.Arbitrary<Cells> },
  ])('$table.name: together hold, in order, each row of the prefix that comes after the cursor', ({ table, partition, row }) => {
    const first = table.clusteringKey[0] as string;
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), row, text, fc.boolean(), (given, cursor, startsWith, fromStart) => {
        const rows = [...new Map(given.map((item) => [JSON.stringify(item), item])).values()].toSorted((a, b) => compareRows(table, a, b));
        const after = fromStart ? undefined : table.clusteringKey.map((column) => cursor[column]);
        const slices = [...slicesOf(table, partition, startsWith, after)];
        const found = slices.flatMap((slice) => rows.filter((item) => slice.every((bound) => holds(item, bound))));
        const wanted = rows.filter(
          (item) => String(item[first]).startsWith(startsWith) && (fromStart || compareRows(table, item, cursor) > 0),
        );
        expect(found).toEqual(wanted);
        for (const slice of slices) expect(bounds(slice)).toEqual([...new Set(bounds(slice))]);
      }),
      { numRuns: 500 },
    );
  });

  it('within every clustering column nothing follows the row', () => {
    const row = { bucket: 1, name: 'a', at: 1, number: 1 };
    expect([...slicesOf(contractPages, row, undefined, ['a', 1, 1])]).toEqual([]);
  });

  it('refuse columns that do not lead, and a prefix where there is no text', () => {
    expect(() => [...slicesOf(contractPages, { bucket: 1, at: 1 }, undefined, undefined)]).toThrow(/leading/);
    expect(() => [...slicesOf(contractPages, { bucket: 1, name: 'a' }, 'a', undefined)]).toThrow(/startsWith/);
  });
});

/** What Cassandra takes for one restriction too many: two lower or two upper bounds of a column. */
function bounds(slice: readonly Restriction[]): readonly string[] {
  return slice.map(({ column, operator }) => `${column} ${operator[0]}`);
}

function holds(row: Cells, { column, operator, value }: Restriction): boolean {
  const order = compareValues(row[column], value);
  if (operator === '=') return order === 0;
  if (operator === '>=' || operator === '<=') return order === 0 || order > 0 === (operator === '>=');
  return operator === '>' ? order > 0 : order < 0;
}

function compareRows(table: TableDefinition, a: Cells, b: Cells): number {
  for (const column of table.clusteringKey) {
    const order = compareValues(a[column], b[column]);
    if (order !== 0) return table.descending.includes(column) ? -order : order;
  }
  return 0;
}

function compareValues(a: unknown, b: unknown): number {
  return typeof a === 'string' ? compareTexts(a, String(b)) : Number(a) - Number(b);
}
