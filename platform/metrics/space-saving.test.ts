import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '#platform/random/random.ts';
import { SpaceSaving } from './space-saving.ts';

const streams = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 9 })), { maxLength: 400 });

function trueWeights(stream: readonly (readonly [number, number])[]): ReadonlyMap<number, number> {
  const weights = new Map<number, number>();
  for (const [key, weight] of stream) weights.set(key, (weights.get(key) ?? 0) + weight);
  return weights;
}

describe('SpaceSaving', () => {
  it('brackets every true weight, and misses no key above weight / capacity', () => {
    fc.assert(
      fc.property(streams, fc.integer({ min: 1, max: 12 }), (stream, capacity) => {
        const sketch = new SpaceSaving<number>(capacity);
        for (const [key, weight] of stream) sketch.offer(key, weight);
        const weights = trueWeights(stream);
        const total = stream.reduce((sum, [, weight]) => sum + weight, 0);
        const entries = sketch.entries();
        expect(sketch.weight).toBe(total);
        expect(entries.length).toBe(Math.min(capacity, weights.size));
        expect(entries.reduce((sum, { count }) => sum + count, 0)).toBe(total);
        for (const { key, count, error } of entries) {
          expect(count).toBeGreaterThanOrEqual(weights.get(key) ?? 0);
          expect(count - error).toBeLessThanOrEqual(weights.get(key) ?? 0);
          expect(error).toBeLessThanOrEqual(total / capacity);
        }
        const named = new Set(entries.map(({ key }) => key));
        for (const [key, weight] of weights) if (weight > total / capacity) expect(named).toContain(key);
      }),
    );
  });

  it('is exact while there are no more keys than counters', () => {
    fc.assert(
      fc.property(streams, (stream) => {
        const sketch = new SpaceSaving<number>(31);
        for (const [key, weight] of stream) sketch.offer(key, weight);
        expect(new Map(sketch.entries().map(({ key, count, error }) => [key, count - error]))).toEqual(trueWeights(stream));
      }),
    );
  });

  it('starts afresh after a clear', () => {
    fc.assert(
      fc.property(streams, streams, (before, after) => {
        const [used, fresh] = [new SpaceSaving<number>(5), new SpaceSaving<number>(5)];
        for (const [key, weight] of before) used.offer(key, weight);
        used.clear();
        for (const [key, weight] of after) {
          used.offer(key, weight);
          fresh.offer(key, weight);
        }
        expect(used.entries()).toEqual(fresh.entries());
        expect(used.weight).toBe(fresh.weight);
      }),
    );
  });

  it('names the share of a hot key within 5 % among very many others', () => {
    const random = new Random(20);
    const sketch = new SpaceSaving<string>(256);
    let hot = 0;
    for (let order = 0; order < 60_000; order++) {
      const isHot = random.chance(0.2);
      if (isHot) hot++;
      sketch.offer(isHot ? 'hot' : `user-${random.below(50_000)}`);
    }
    const found = sketch.entries().find(({ key }) => key === 'hot');
    expect(found).toBeDefined();
    const share = ((found?.count ?? 0) - (found?.error ?? 0)) / sketch.weight;
    expect(Math.abs(share / (hot / 60_000) - 1)).toBeLessThan(0.05);
  });
});
