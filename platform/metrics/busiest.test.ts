import { describe, expect, it } from 'vitest';
import { Busiest } from './busiest.ts';

function offer(busiest: Busiest<string>, at_ms: number, keys: Readonly<Record<string, number>>): void {
  for (const [key, weight] of Object.entries(keys)) busiest.sketchAt(at_ms).offer(key, weight);
}

describe('Busiest', () => {
  it('merges the slices of the last minute', () => {
    const busiest = new Busiest<string>();
    offer(busiest, 0, { a: 4, b: 1 });
    offer(busiest, 30_000, { a: 2, c: 3 });
    expect(busiest.weight(59_999)).toBe(10);
    expect(busiest.top(2, 59_999)).toEqual([
      { key: 'a', weight: 6, share: 0.6 },
      { key: 'c', weight: 3, share: 0.3 },
    ]);
  });

  it('forgets what is older than a minute', () => {
    const busiest = new Busiest<string>();
    offer(busiest, 0, { a: 4 });
    offer(busiest, 30_000, { b: 1 });
    expect(busiest.top(9, 60_000)).toEqual([{ key: 'b', weight: 1, share: 1 }]);
    expect(busiest.top(9, 200_000)).toEqual([]);
    expect(busiest.weight(200_000)).toBe(0);
    offer(busiest, 600_000, { c: 2 });
    expect(busiest.top(9, 600_000)).toEqual([{ key: 'c', weight: 2, share: 1 }]);
  });

  it('is empty before anything was offered', () => {
    expect(new Busiest<string>().top(1, 5)).toEqual([]);
  });
});
