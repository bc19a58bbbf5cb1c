/** What a schema says of a mistake that it has no words of its own for. */
import type { z } from 'zod';

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** What there are too few or too many of. */
const PARTS: Readonly<Record<string, string>> = {
  string: 'characters',
  array: 'entries',
  record: 'entries',
  map: 'entries',
  set: 'entries',
};
const NUMBERS: ReadonlySet<string> = new Set(['number', 'int', 'bigint']);

/** For people rather than programmers: `schema.safeParse(value, { error: plainWords })`. What it has no words for is left to zod. */
export function plainWords(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') return issue.input === undefined ? 'is missing' : `must be ${KINDS[issue.expected] ?? issue.expected}`;
  if (issue.code === 'too_small') return amount(issue.origin, issue.minimum, 'at least');
  if (issue.code === 'too_big') return amount(issue.origin, issue.maximum, 'at most');
  return undefined;
}

function amount(origin: string, limit: number | bigint, which: 'at least' | 'at most'): string | undefined {
  const parts = PARTS[origin];
  if (parts === undefined) return NUMBERS.has(origin) ? `must be ${limit} ${which}` : undefined;
  return limit === 1 && which === 'at least' ? 'must not be empty' : `must have ${limit} ${parts} ${which}`;
}
