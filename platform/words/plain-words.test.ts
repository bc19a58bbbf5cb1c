import { expect, it } from 'vitest';
import { z } from 'zod';
import { plainWords } from './plain-words.ts';

it.each([
  ['nothing', z.string(), undefined, 'is missing'],
  ['a number for a text', z.string(), 7, 'must be text'],
  ['a text for a number', z.number(), 'seven', 'must be a number'],
  ['an empty text', z.string().min(1), '', 'must not be empty'],
  ['a short text', z.string().min(3), 'a', 'must have 3 characters at least'],
  ['a long text', z.string().max(3), 'abcd', 'must have 3 characters at most'],
  ['an empty list', z.array(z.string()).min(1), [], 'must not be empty'],
  ['a long list', z.array(z.string()).max(1), ['a', 'b'], 'must have 1 entries at most'],
  ['a small number', z.coerce.number().int().min(1), '0', 'must be 1 at least'],
  ['a large number', z.coerce.number().int().max(100), '101', 'must be 100 at most'],
])('says what is wrong with %s', (_, schema, input, words) => {
  expect(schema.safeParse(input, { error: plainWords }).error?.issues.map(({ message }) => message)).toEqual([words]);
});
