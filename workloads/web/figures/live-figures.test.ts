import { describe, expect, it } from 'vitest';
import type { LivePush } from '#workloads/web/api/types.ts';
import { followPushes } from './live-figures.ts';

const push = (sequence: number, more: Partial<LivePush> = {}) =>
  JSON.stringify({
    type: 'change',
    stream: 's1',
    sequence,
    dimension: 'snack',
    day: '2026-01-15',
    all: [{ segment: 'kinoko', orders: sequence, users: 1 }],
    today: [{ segment: 'kinoko', orders: sequence }],
    ...more,
  } satisfies LivePush);
const snapshot = (sequence: number, more: Partial<LivePush> = {}) => push(sequence, { type: 'snapshot', ...more });

describe('followPushes', () => {
  it('puts changes on top of the snapshot', () => {
    const take = followPushes();
    const both = [
      { segment: 'kinoko', orders: 3, users: 2 },
      { segment: 'takenoko', orders: 1, users: 1 },
    ];
    take(snapshot(3, { all: both }));
    const figures = take(push(4));
    expect([...(figures?.orders ?? [])]).toEqual([
      ['kinoko', 4],
      ['takenoko', 1],
    ]);
    expect([...(figures?.people ?? [])]).toEqual([
      ['kinoko', 1],
      ['takenoko', 1],
    ]);
    expect(figures?.ordersToday.get('kinoko')).toBe(4);
  });

  it('says when a message was missed, came twice, or is of another stream', () => {
    for (const message of [push(5), push(3), push(4, { stream: 's2' })]) {
      const take = followPushes();
      take(snapshot(3));
      expect(take(message)).toBeUndefined();
    }
    expect(followPushes()(push(1))).toBeUndefined();
  });

  it('begins anew with every snapshot: another day knows nothing of the one before', () => {
    const take = followPushes();
    take(snapshot(3));
    const figures = take(snapshot(9, { day: '2026-01-16', today: [] }));
    expect(figures?.today).toBe('2026-01-16');
    expect(figures?.ordersToday.size).toBe(0);
    expect(take(push(10))?.orders.get('kinoko')).toBe(10);
  });
});
