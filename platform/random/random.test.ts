import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';
import { Zipf } from './zipf.ts';

function draw<T>(count: number, one: () => T): T[] {
  return Array.from({ length: count }, one);
}

describe('Random', () => {
  it('replays from its seed', () => {
    const [first, second] = [new Random(42), new Random(42)];
    expect(draw(1_000, () => first.uint32())).toEqual(draw(1_000, () => second.uint32()));
  });

  it('differs between seeds that differ in one bit, the highest of 2^53 too', () => {
    const firsts = [0, 1, 2, 3, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 52, 2 ** 53 - 1].map((seed) => new Random(seed).uint32());
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it('spreads evenly', () => {
    const random = new Random(7);
    const seen = new Array<number>(10).fill(0);
    for (const value of draw(100_000, () => random.below(10))) seen[value] = (seen[value] ?? 0) + 1;
    // Nine degrees of freedom: chi squared exceeds 27.9 once in a thousand seeds, and this seed is fixed.
    const chiSquared = seen.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquared).toBeLessThan(27.9);
  });

  it('keeps within its bounds', () => {
    const random = new Random(3);
    for (const value of draw(10_000, () => random.fraction())) expect(value >= 0 && value < 1).toBe(true);
    expect(random.chance(0)).toBe(false);
    expect(random.chance(1)).toBe(true);
  });
});

describe('Zipf', () => {
  for (const exponent of [0, 0.8, 1, 1.2, 2]) {
    it(`follows rank ** -${exponent}`, () => {
      const [random, zipf, count, draws] = [new Random(11), new Zipf(50, exponent), 50, 200_000];
      const seen = new Array<number>(count + 1).fill(0);
      for (const rank of draw(draws, () => zipf.rank(random))) seen[rank] = (seen[rank] ?? 0) + 1;
      const weights = Array.from({ length: count }, (_, index) => (index + 1) ** -exponent);
      const whole = weights.reduce((sum, weight) => sum + weight, 0);
      const chiSquared = weights.reduce((sum, weight, index) => {
        const expected = (draws * weight) / whole;
        return sum + ((seen[index + 1] ?? 0) - expected) ** 2 / expected;
      }, 0);
      // 49 degrees of freedom: exceeded once in a thousand seeds.
      expect(chiSquared).toBeLessThan(85.4);
      expect(seen[0]).toBe(0);
    });
  }

  it('knows one rank only where there is one', () => {
    expect(draw(100, () => new Zipf(1, 1.1).rank(new Random(5)))).toEqual(new Array(100).fill(1));
  });
});
