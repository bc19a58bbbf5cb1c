import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePublishedTotals, encodePublishedTotals } from './published-totals.ts';

const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const published = fc.record({
  fold: fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
  shard: fc.nat(),
  nextOffset: count,
  totals: fc.array(fc.record({ period: fc.string(), segment: fc.string(), orders: count, users: count })),
});

describe('published totals', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(published, (totals) => {
        expect(decodePublishedTotals(Buffer.from(encodePublishedTotals(totals)))).toEqual(totals);
      }),
    );
  });

  it('are told from whatever else a topic may hold', () => {
    const one = { fold: 'orders', shard: 0, next_offset: 1, totals: [['all', 'w', 1, 1]] };
    expect(decodePublishedTotals(Buffer.from(JSON.stringify(one)))).toBeDefined();
    const others = [
      { ...one, shard: -1 },
      { ...one, next_offset: '1' },
      { ...one, totals: [['all', 'w', 1]] },
      { ...one, totals: null },
      [],
      1,
    ];
    for (const other of others) expect(decodePublishedTotals(Buffer.from(JSON.stringify(other)))).toBeUndefined();
    expect(decodePublishedTotals(null)).toBeUndefined();
    expect(decodePublishedTotals(Buffer.from([0x7b, 0xff]))).toBeUndefined();
    expect(decodePublishedTotals(Buffer.alloc(0))).toBeUndefined();
  });
});
