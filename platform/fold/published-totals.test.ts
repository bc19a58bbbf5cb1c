import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePublishedTotals, encodeInParts, encodePublishedTotals, PART_BYTES_MAX } from './published-totals.ts';

const text = fc.oneof(
  fc.constantFrom('__proto__', 'constructor'),
  fc.string({ unit: 'binary' }).filter((one) => one.isWellFormed()),
);
const figures = fc.dictionary(text, fc.maxSafeInteger()).map((one) => ({ ...one }));
const published = fc.record({
  fold: text,
  shard: fc.nat(),
  nextOffset: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  totals: fc.array(fc.record({ period: text, name: text, figures })),
});

describe('published totals', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(published, (totals) => {
        expect(decodePublishedTotals(Buffer.from(encodePublishedTotals(totals)))).toEqual(totals);
      }),
    );
  });

  it('are cut by period into parts of a limited size, in which nothing is missing', () => {
    const all = Array.from({ length: 5 }, (_, name) => ({ period: 'all', name: `${name}`, figures: { orders: 1 } }));
    const few = { fold: 'orders', shard: 0, nextOffset: 9, totals: all };
    expect(encodeInParts(few)).toEqual([encodePublishedTotals(few)]);
    const days = Array.from({ length: 2_500 }, (_, day) => day).flatMap((day) =>
      Array.from({ length: 20 }, (_, name) => ({ period: `day-${day}`, name: `name-${name}`, figures: { orders: day } })),
    );
    const parts = encodeInParts({ ...few, totals: [...all, ...days] });
    expect(Math.max(...parts.map((part) => Buffer.byteLength(part)))).toBeLessThanOrEqual(PART_BYTES_MAX);
    const read = parts.map((part) => decodePublishedTotals(Buffer.from(part)));
    expect(read.every((part) => part?.nextOffset === 9)).toBe(true);
    expect(read.flatMap((part) => part?.totals ?? [])).toEqual([...all, ...days]);
    const periods = read.map((part) => new Set(part?.totals.map(({ period }) => period)));
    expect(
      periods.reduce((sum, { size }) => sum + size, 0),
      'no period is cut',
    ).toBe(2_501);
  });

  it('name each measure once', () => {
    const totals = [
      { period: 'all', name: 'w', figures: { orders: 5, users: 2 } },
      { period: '2026-01-01', name: 'w', figures: { orders: 5 } },
    ];
    expect(JSON.parse(encodePublishedTotals({ fold: 'orders', shard: 3, nextOffset: 7, totals }))).toEqual({
      fold: 'orders',
      shard: 3,
      next_offset: 7,
      measures: ['orders', 'users'],
      totals: [
        ['all', 'w', 5, 2],
        ['2026-01-01', 'w', 5, null],
      ],
    });
  });

  it('are told from whatever else a topic may hold', () => {
    const one = { fold: 'orders', shard: 0, next_offset: 1, measures: ['orders', 'users'], totals: [['all', 'w', 1, 1]] };
    expect(decodePublishedTotals(Buffer.from(JSON.stringify(one)))).toBeDefined();
    const others = [
      { ...one, shard: -1 },
      { ...one, next_offset: '1' },
      { ...one, totals: [['all', 'w', 1]] },
      { ...one, totals: [['all', 'w', 1, 1, 1]] },
      { ...one, totals: [['all', 'w', 1, 0.5]] },
      { ...one, totals: [['all', 'w', 1, '1']] },
      { ...one, totals: [['all']] },
      { ...one, totals: null },
      { ...one, measures: ['orders'] },
      { ...one, measures: undefined },
      [],
      1,
    ];
    for (const other of others) expect(decodePublishedTotals(Buffer.from(JSON.stringify(other)))).toBeUndefined();
    expect(decodePublishedTotals(null)).toBeUndefined();
    expect(decodePublishedTotals(Buffer.from([0x7b, 0xff]))).toBeUndefined();
    expect(decodePublishedTotals(Buffer.alloc(0))).toBeUndefined();
  });
});
