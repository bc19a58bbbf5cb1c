import { describe, expect, it } from 'vitest';
import { Random } from '#platform/random/random.ts';
import { DEFAULT_MENU, Menu } from '../menu.ts';
import { acceptOrder } from '../order.ts';
import { type SampleOptions, type SampleSend, SampleStream } from './sample-stream.ts';

const START_MS = Date.parse('2026-11-01T00:00:00Z');
const EVEN: SampleOptions = { users: 1_000, skew: 0, hot: 0, duplicates: 0, dimensions: DEFAULT_MENU.dimensions };

function sends(count: number, options: Partial<SampleOptions>, seed = 1): SampleSend[] {
  const stream = new SampleStream({ ...EVEN, ...options }, new Random(seed));
  const all = Array.from({ length: count }, (_, index) => stream.next(START_MS + index));
  return [...all, ...stream.rest()];
}

describe('SampleStream', () => {
  it('is the same for the same seed and another for another', () => {
    const options = { skew: 1.1, hot: 0.2, duplicates: 0.1 };
    expect(sends(500, options, 9)).toEqual(sends(500, options, 9));
    expect(sends(500, options, 9)).not.toEqual(sends(500, options, 10));
  });

  it('makes orders that are accepted, each with an id of its own', () => {
    const all = sends(2_000, {});
    for (const { order } of all) expect(acceptOrder(order, { menu: new Menu(DEFAULT_MENU) }, START_MS)).toMatchObject({ ok: true });
    expect(new Set(all.map(({ order }) => order.order_id)).size).toBe(2_000);
  });

  it('sends the asked share twice, each soon after the first time', () => {
    const all = sends(20_000, { duplicates: 0.05, hot: 0.5, users: 10 });
    const repeated = all.filter((send) => send.repeated);
    expect(repeated.length / (all.length - repeated.length)).toBeCloseTo(0.05, 2);
    const firsts = new Map<string, number>();
    for (const [index, { order, repeated }] of all.entries()) {
      const first = firsts.get(order.order_id);
      expect(first !== undefined).toBe(repeated);
      expect(index - (first ?? index)).toBeLessThan(20);
      firsts.set(order.order_id, index);
    }
  });

  it('gives one user the asked share', () => {
    const hot = sends(20_000, { hot: 0.2 }).filter(({ order }) => order.user_id === 'user-hot');
    expect(hot.length / 20_000).toBeCloseTo(0.2, 1);
    expect(sends(5_000, {}).some(({ order }) => order.user_id === 'user-hot')).toBe(false);
  });

  it('lets tastes drift: each menu type leads for a while', () => {
    const all = sends(4_000, { dimensions: DEFAULT_MENU.dimensions.slice(0, 1) });
    const leaders = [0, 1, 2, 3].map((quarter) => {
      const part = all.slice(quarter * 1_000, (quarter + 1) * 1_000);
      return part.filter(({ order }) => order.menu_type === 'washoku').length > 500 ? 'washoku' : 'yoshoku';
    });
    expect(new Set(leaders)).toEqual(new Set(['washoku', 'yoshoku']));
  });
});
