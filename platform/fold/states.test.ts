import { expect, it } from 'vitest';
import { StateCache } from './states.ts';

function cacheOf(...keys: string[]): StateCache<{ lsn: number }> {
  const cache = new StateCache<{ lsn: number }>();
  for (const [lsn, key] of keys.entries()) cache.set(key, { lsn });
  return cache;
}

it('keeps the states used last, and no more than the limit', () => {
  const cache = cacheOf('a', 'b', 'c');
  expect(['a', 'd'].map((key) => cache.use(key))).toEqual([true, false]);
  cache.set('b', { lsn: 8 });
  cache.set('a', { lsn: 9 });
  cache.trim(2);
  expect(['b', 'c', 'a'].map((key) => cache.use(key))).toEqual([false, true, true]);
  expect(cache.get('a')).toEqual({ lsn: 9 });
  expect(cache.size).toBe(2);
});

it('keeps all that are within the limit, and none with a limit of nothing', () => {
  const cache = cacheOf('a', 'b');
  cache.trim(2);
  expect(cache.size).toBe(2);
  cache.trim(0);
  expect(cache.size).toBe(0);
});

it('has no state to give for a key that it does not know', () => {
  expect(() => cacheOf('a').get('b')).toThrow(/not in the cache/);
});
