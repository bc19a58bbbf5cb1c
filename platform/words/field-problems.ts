/** What is wrong with what somebody sent or wrote, field by field. */
import { z } from 'zod';
import { nearestName } from './nearest-name.ts';

export const fieldProblemSchema = z.strictObject({ field: z.string(), problem: z.string() }).meta({ id: 'FieldProblem' });
/** Unknown fields that a refusal names; whoever sends more has not misspelled them. */
const UNKNOWN_FIELDS_MAX = 20;

export type FieldProblem = Readonly<z.infer<typeof fieldProblemSchema>>;

/**
 * The field problems of a schema's refusal.
 * @param whole what an issue with the whole value is called
 * @param known the fields that there are, for who has written another one
 */
export function fieldProblems(error: z.ZodError, whole: string, known: readonly string[] = []): FieldProblem[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      const hint = (key: string) => (path.length > 0 || known.length === 0 ? '' : `; ${meant(key, known)}`);
      return issue.keys
        .slice(0, UNKNOWN_FIELDS_MAX)
        .map((key) => ({ field: [...path, key].join('.'), problem: `is not known here${hint(key)}` }));
    }
    return [{ field: path.join('.') || whole, problem: issue.message }];
  });
}

function meant(key: string, known: readonly string[]): string {
  const near = nearestName(key, known);
  return near ? `did you mean ${near}?` : `there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`;
}
