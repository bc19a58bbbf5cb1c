import { describe, expect, it } from 'vitest';
import { browserStorage, KeptValues, pageStorage } from './kept-values.ts';

describe('values', () => {
  it('are kept by the browser, and by the page where it takes none', () => {
    const kept = pageStorage();
    new KeptValues(kept).set('language', 'ja');
    expect(new KeptValues(kept).get('language')).toBe('ja');
    const values = new KeptValues(undefined);
    values.set('language', 'ja');
    expect([values.get('language'), values.get('other')]).toEqual(['ja', null]);
  });

  it('are those written last, though the browser has room for some of them only', () => {
    const kept = pageStorage();
    let hasRoom = true;
    const storage = {
      ...kept,
      setItem(name: string, value: string) {
        if (!hasRoom) throw new DOMException('no more room', 'QuotaExceededError');
        kept.setItem(name, value);
      },
    };
    const values = new KeptValues(storage);
    values.set('key', 'first');
    hasRoom = false;
    values.set('key', 'second');
    expect([values.get('key'), kept.getItem('key')]).toEqual(['second', 'first']);
    hasRoom = true;
    values.set('key', 'third');
    expect([values.get('key'), kept.getItem('key')]).toEqual(['third', 'third']);
  });
});

it('there is no storage where there is no browser', () => {
  expect(browserStorage('localStorage')).toBeUndefined();
});
