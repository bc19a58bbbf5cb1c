/** Fields that somebody has misspelt: what they hold would be lost without a word. */
import type { FieldProblem } from '#platform/words/field-problems.ts';
import { nearestName } from '#platform/words/nearest-name.ts';

/** More is another field: an order may have `user_ip`, and `order_at`. */
const EDITS_MAX = 1;
/** Members of an order, its own and others: to look for misspelt ones among a hundred thousand would take long. */
export const MEMBERS_MAX = 64;
/** Characters of a name that can be a misspelt field: no field has half as many. */
const NAME_CHARACTERS_MAX = 32;

/**
 * The members of `input` that are nearly a field which is not there: of other upper and lower case, with other separators (`orderId`,
 * `Order-ID`), with one character more, less or another, or with two that changed places. Any other member may be there.
 * Each field is looked for once: of two names that are nearly the same field, the first is told.
 * @param fields the fields that there are, in snake_case
 */
export function misspeltFields(input: unknown, fields: readonly string[]): readonly FieldProblem[] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return [];
  const names = Object.keys(input);
  if (names.length > MEMBERS_MAX) return [{ field: 'order', problem: `has ${names.length} members, of ${MEMBERS_MAX} at the most` }];
  const strangers = names.filter((name) => name.length <= NAME_CHARACTERS_MAX && !fields.includes(name));
  if (strangers.length === 0) return [];
  const isMissing = (name: string) => Reflect.get(input, name) === undefined || Reflect.get(input, name) === null;
  const missing = new Map(fields.filter(isMissing).map((name) => [lettersOf(name), name]));
  return strangers.flatMap((name) => {
    const letters = meantBy(lettersOf(name), [...missing.keys()]) ?? '';
    const meant = missing.get(letters);
    missing.delete(letters);
    return meant === undefined ? [] : [{ field: name, problem: `is not a field of an order; did you mean ${meant}?` }];
  });
}

function meantBy(letters: string, missing: readonly string[]): string | undefined {
  return nearestName(letters, missing, EDITS_MAX) ?? missing.find((known) => isSwapped(letters, known));
}

/** Whether two texts differ in two neighbours that changed places. */
function isSwapped(text: string, known: string): boolean {
  const first = [...known].findIndex((letter, index) => letter !== text[index]);
  const swapped = known.slice(0, first) + (known[first + 1] ?? '') + (known[first] ?? '') + known.slice(first + 2);
  return first >= 0 && text === swapped;
}

function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}
