import { expect, it } from 'vitest';
import { nearestName } from './nearest-name.ts';

it('suggests the nearest name, and none where nothing is near', () => {
  const names = ['ingest', 'counter', 'summary', 'daily'];
  expect(nearestName('ingets', names)).toBe('ingest');
  expect(nearestName('couter', names)).toBe('counter');
  expect(nearestName('sumary', names)).toBe('summary');
  expect(nearestName('frobnicate', names)).toBeUndefined();
  expect(nearestName('', names)).toBeUndefined();
  expect(nearestName('x', [])).toBeUndefined();
});

it('costs nothing for a name that is far longer than any', () => {
  expect(nearestName('x'.repeat(5_000_000), ['ingest', 'counter'])).toBeUndefined();
});
