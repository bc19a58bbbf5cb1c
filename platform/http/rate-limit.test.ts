import { expect, it } from 'vitest';
import { RateLimiter } from './rate-limit.ts';

it('lets a minute’s worth through at once, then goes on at the rate', () => {
  const limiter = new RateLimiter({ perMinute: 60, names: 10 });
  let taken = 0;
  while (limiter.take('a', 1, 1_000) === 0) taken++;
  expect(taken).toBe(60);
  expect(limiter.take('a', 1, 1_000)).toBe(1_000);
  expect(limiter.take('b', 60, 1_000)).toBe(0);
  expect(limiter.take('a', 1, 2_000)).toBe(0);
  expect(limiter.take('a', 1, 2_000)).toBeGreaterThan(0);
  // Nobody saves up more than a minute's worth.
  expect(limiter.take('a', 60, 10_000_000)).toBe(0);
  expect(limiter.take('a', 1, 10_000_000)).toBeGreaterThan(0);
});

it('takes all or nothing, and says that more than a minute’s worth will never do', () => {
  const limiter = new RateLimiter({ perMinute: 10, names: 10 });
  expect(limiter.take('a', 8, 0)).toBe(0);
  expect(limiter.take('a', 3, 0)).toBeGreaterThan(0);
  expect(limiter.take('a', 2, 0)).toBe(0);
  expect(limiter.take('b', 11, 0)).toBe(Number.POSITIVE_INFINITY);
});

it('remembers so many names, and of more forgets those that rested longest', () => {
  const limiter = new RateLimiter({ perMinute: 1, names: 2 });
  limiter.take('a', 1, 0);
  limiter.take('b', 1, 1);
  limiter.take('c', 1, 2);
  expect(limiter.size).toBe(2);
  expect(limiter.take('c', 1, 3)).toBeGreaterThan(0);
  expect(limiter.take('b', 1, 3)).toBeGreaterThan(0);
  expect(limiter.take('a', 1, 3)).toBe(0);
});
