import { expect, it } from 'vitest';
import { FoldBudget } from './budget.ts';

it('shares the pages of a process equally among the shards that are claimed now', () => {
  const { pages } = new FoldBudget({ recordsInFlushes: 1, cachedPages: 10, claimsAtOnce: 1 });
  const first = pages.join();
  expect(first.limit).toBe(10);
  const second = pages.join();
  const third = pages.join();
  expect([first.limit, second.limit, third.limit]).toEqual([3, 3, 3]);
  first.note(3);
  second.note(2);
  expect(pages.kept).toBe(5);
  second[Symbol.dispose]();
  expect([first.limit, pages.kept]).toEqual([5, 3]);
  second.note(7);
  expect(pages.kept).toBe(3);
});
