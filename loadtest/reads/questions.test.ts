import { expect, it } from 'vitest';
import { QUESTIONS, questionAt } from './questions.ts';

const KNOWN = { segments: ['washoku', 'yoshoku'], users: ['a b', 'c'] };

it('asks each question in its share, mixed', () => {
  const names = Array.from({ length: 1_000 }, (_, number) => questionAt(number, KNOWN).name);
  for (const { name, share } of QUESTIONS) expect(names.filter((one) => one === name).length).toBe(share * 10);
  const sameInARow = names.filter((name, index) => name === names[index - 1]).length;
  expect(sameInARow).toBeLessThan(500);
});

it('asks about those who are there', () => {
  const paths = new Set(Array.from({ length: 1_000 }, (_, number) => questionAt(number, KNOWN).path));
  expect(paths).toContain('/api/users/a%20b');
  expect(paths).toContain('/api/users/c');
  expect(paths).toContain('/api/segments/yoshoku/users?limit=100');
  const withNobody = Array.from({ length: 100 }, (_, number) => questionAt(number, { ...KNOWN, users: [] }).path);
  expect(withNobody.filter((path) => path.startsWith('/api/users'))).toEqual([]);
});
