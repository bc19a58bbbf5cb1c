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

/** For people rather than programmers: `schema.safeParse(value, { error: plainWords })`. What it has no words for is left to zod. */
export function plainWords(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') return issue.input === undefined ? 'is missing' : `must be ${KINDS[issue.expected] ?? issue.expected}`;
  if (issue.code === 'too_small')
    return issue.minimum === 1 ? 'must not be empty' : `must have ${issue.minimum}${partsOf(issue.origin)} at least`;
  if (issue.code === 'too_big') return `must have ${issue.maximum}${partsOf(issue.origin)} at most`;
  return undefined;
}

function partsOf(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '';
}
