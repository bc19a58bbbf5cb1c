import { expect, it } from 'vitest';
import { SeenKeys } from './seen-keys.ts';

it('knows every key that was noted, and takes few others for one', () => {
  const seen = new SeenKeys();
  const keys = Array.from({ length: 100_000 }, (_, index) => `user-${index}`);
  const mistaken = keys.filter((key) => seen.note(key)).length;
  expect(mistaken).toBeLessThan(100);
  expect(keys.every((key) => seen.note(key))).toBe(true);
});
