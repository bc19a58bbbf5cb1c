import { expect, it } from 'vitest';
import { FlushTime } from './flush-time.ts';

function after(took_ms: readonly number[]): number {
  const time = new FlushTime();
  for (const one_ms of took_ms) time.note(one_ms);
  return time.slow_ms;
}

it('is nothing before the first, then three times it', () => {
  expect(after([])).toBe(0);
  expect(after([10])).toBe(30);
});

it('comes close to what flushes take that all take the same', () => {
  expect(after(Array.from({ length: 60 }, () => 40))).toBeCloseTo(40, 0);
});

it('lies above almost all of those that differ, and follows them down again', () => {
  const mixed = Array.from({ length: 400 }, (_, index) => [10, 12, 15, 11, 45][index % 5] as number);
  expect(after(mixed)).toBeGreaterThan(45);
  expect(after([...mixed, ...Array.from({ length: 60 }, () => 10)])).toBeLessThan(12);
});
