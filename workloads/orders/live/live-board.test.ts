import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiveBoard } from './live-board.ts';

const publication = (shard: number, nextOffset: number, orders: number, period = 'all') => ({
  shard,
  nextOffset,
  totals: [{ period, name: 'kinoko', figures: { orders, users: period === 'all' ? 1 : 0 } }],
});

describe('LiveBoard', () => {
  it('sums the shards', () => {
    const board = new LiveBoard();
    board.take(publication(0, 10, 7));
    board.take(publication(1, 5, 2));
    expect(board.total('all', 'kinoko')).toEqual({ segment: 'kinoko', orders: 9, users: 2 });
    expect(board.total('all', 'takenoko')).toEqual({ segment: 'takenoko', orders: 0, users: 0 });
  });

  it('ends the same in whatever order publications arrive', () => {
    const publications = [publication(0, 1, 1), publication(0, 4, 3), publication(0, 9, 8), publication(1, 2, 2), publication(1, 3, 3)];
    fc.assert(
      fc.property(fc.shuffledSubarray(publications, { minLength: publications.length }), (shuffled) => {
        const board = new LiveBoard();
        for (const one of shuffled) board.take(one);
        return board.total('all', 'kinoko').orders === 11;
      }),
    );
  });

  it('names what changed, once', () => {
    const board = new LiveBoard();
    board.take(publication(0, 1, 1));
    board.take(publication(0, 1, 1));
    expect([...(board.takeChanged().get('all') ?? [])]).toEqual(['kinoko']);
    board.take(publication(0, 2, 1));
    expect(board.takeChanged().size).toBe(0);
  });

  it('keeps the newest days only', () => {
    const board = new LiveBoard();
    for (const day of ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04']) board.take(publication(0, 1, 1, day));
    board.take(publication(0, 2, 9, '2026-01-01'));
    expect(board.total('2026-01-01', 'kinoko').orders).toBe(0);
    expect(board.total('2026-01-02', 'kinoko').orders).toBe(1);
    expect(board.total('2026-01-04', 'kinoko').orders).toBe(1);
  });
});
