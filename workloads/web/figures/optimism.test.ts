import { describe, expect, it } from 'vitest';
import { type Floors, floorsAfterOrder, floorsAfterRefusal, hasCaughtUp, shownCounts } from './optimism.ts';

const live = (kinoko: number) => new Map([['kinoko', kinoko]]);
const shown = (kinoko: number, floors: Floors) => shownCounts(live(kinoko), floors).get('kinoko');

describe('own orders', () => {
  it('show at once, and once only when they are counted', () => {
    const floors = floorsAfterOrder(floorsAfterOrder(new Map(), live(10), 'kinoko'), live(10), 'kinoko');
    expect([10, 11, 12, 13].map((total) => shown(total, floors))).toEqual([12, 12, 12, 13]);
  });

  it('are taken back when they are refused', () => {
    const floors = floorsAfterRefusal(floorsAfterOrder(new Map(), live(10), 'kinoko'), 'kinoko');
    expect(shown(10, floors)).toBe(10);
    expect(floorsAfterRefusal(new Map(), 'kinoko').size).toBe(0);
  });
});

it('an order is counted when the live totals have got where it led', () => {
  const floors = floorsAfterOrder(new Map(), live(10), 'kinoko');
  expect([hasCaughtUp(live(10), floors), hasCaughtUp(live(11), floors), hasCaughtUp(live(10), new Map())]).toEqual([false, true, true]);
});
