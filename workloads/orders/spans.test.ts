import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SpanLength, spanLengthFor, spanOf } from './spans.ts';

const AT_MS = Date.parse('2026-01-15T13:45:10.250Z');

describe('spanOf', () => {
  it('is the beginning of the time', () => {
    const lengths: SpanLength[] = [4, 7, 10, 13, 16, 19];
    expect(lengths.map((length) => spanOf(AT_MS, length))).toEqual([
      '2026',
      '2026-01',
      '2026-01-15',
      '2026-01-15T13',
      '2026-01-15T13:45',
      '2026-01-15T13:45:10',
    ]);
  });
});

describe('spanLengthFor', () => {
  const every = (apart_ms: number, count = 40) => Array.from({ length: count }, (_, index) => AT_MS + index * apart_ms);

  it('is as wide as some 256 orders of that pace lie in it', () => {
    const lengths = [1, 4, 200, 250, 14_000, 15_000, 330_000, 340_000, 10_000_000, 11_000_000, 123_000_000, 124_000_000].map((apart_ms) =>
      spanLengthFor(every(apart_ms), -1),
    );
    expect(lengths).toEqual([19, 19, 19, 16, 16, 13, 13, 10, 10, 7, 7, 4]);
  });

  it('is a second for orders of one instant', () => {
    expect(spanLengthFor(every(0), -1)).toBe(19);
  });

  it('asks neither for the order of the times nor for a few that are far off', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.shuffledSubarray(
          every(1).map((_, index) => index),
          { minLength: 40 },
        ),
        (apart_ms, places) => {
          const times = every(apart_ms);
          const length = spanLengthFor(times, -1);
          expect(
            spanLengthFor(
              places.map((place) => times[place] as number),
              -1,
            ),
          ).toBe(length);
        },
      ),
    );
    expect(spanLengthFor([...every(1_000), AT_MS - 1e10, AT_MS + 1e10], -1)).toBe(spanLengthFor(every(1_000), -1));
  });

  it('is a day at the most unless all are later than what is on pages', () => {
    const yearly = every(300 * 86_400_000, 8);
    expect(spanLengthFor(yearly, AT_MS - 1)).toBe(4);
    expect(spanLengthFor(yearly, AT_MS)).toBe(10);
    expect(spanLengthFor(every(1_000), AT_MS)).toBe(16);
  });
});
