import { expect, it } from 'vitest';
import { NOTHING_HEARD } from './cause.ts';
import type { Page } from './page.ts';
import { PageCache } from './page-cache.ts';

function pageAt(lsn: number): Page<null> {
  return { lsn, heard: NOTHING_HEARD, state: null };
}

function cacheOf(...keys: string[]): PageCache<null> {
  const cache = new PageCache<null>();
  for (const [lsn, key] of keys.entries()) cache.set(key, pageAt(lsn));
  return cache;
}

it('keeps the pages used last, and no more than the limit', () => {
  const cache = cacheOf('a', 'b', 'c');
  expect(['a', 'd'].map((key) => cache.use(key))).toEqual([true, false]);
  cache.set('b', pageAt(8));
  cache.set('a', pageAt(9));
  cache.trim(2);
  expect(['b', 'c', 'a'].map((key) => cache.use(key))).toEqual([false, true, true]);
  expect(cache.get('a')).toEqual(pageAt(9));
  expect(cache.size).toBe(2);
});

it('keeps all that are within the limit, and none with a limit of nothing', () => {
  const cache = cacheOf('a', 'b');
  cache.trim(2);
  expect(cache.size).toBe(2);
  cache.trim(0);
  expect(cache.size).toBe(0);
});

it('has no page to give for a key that it does not know', () => {
  expect(() => cacheOf('a').get('b')).toThrow(/not in the cache/);
});
