import { expect, it } from 'vitest';
import { backoff_ms, DEFAULT_BACKOFF } from './backoff.ts';

it('doubles the wait after each failure, up to the longest', () => {
  const waits = [0, 1, 2, 6, 7, 1_000_000].map((attempt) => backoff_ms(DEFAULT_BACKOFF, attempt));
  expect(waits).toEqual([50, 100, 200, 3_200, 5_000, 5_000]);
});
