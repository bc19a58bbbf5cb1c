import { expect, it } from 'vitest';
import { DailyCounts } from './daily-counts.ts';

const DAY_MS = 86_400_000;

it('counts each name by itself, and begins anew each day', () => {
  const counts = new DailyCounts(10);
  counts.add('a', 2, 0);
  counts.add('a', 3, DAY_MS - 1);
  counts.add('b', 1, DAY_MS - 1);
  expect(['a', 'b', 'c'].map((name) => counts.of(name, DAY_MS - 1))).toEqual([5, 1, 0]);
  expect(counts.of('a', DAY_MS)).toBe(0);
  expect(counts.size).toBe(0);
});

it('takes back of the same day only', () => {
  const counts = new DailyCounts(10);
  counts.add('a', 5, 0);
  counts.giveBack('a', 2, 0);
  expect(counts.of('a', 0)).toBe(3);
  counts.add('a', 4, DAY_MS);
  counts.giveBack('a', 3, DAY_MS - 1);
  counts.giveBack('b', 3, DAY_MS);
  expect(counts.of('a', DAY_MS)).toBe(4);
  expect(counts.size).toBe(1);
});

it('remembers so many names, and of more forgets those that rested longest', () => {
  const counts = new DailyCounts(2);
  for (const name of ['a', 'b', 'a', 'c']) counts.add(name, 1, 0);
  expect(counts.size).toBe(2);
  expect(['a', 'b', 'c'].map((name) => counts.of(name, 0))).toEqual([2, 0, 1]);
});
