/** Fields that somebody has misspelt: what they hold would be lost without a word. */
import type { FieldProblem } from '#platform/words/field-problems.ts';
import { nearestName } from '#platform/words/nearest-name.ts';

/** More is another field: an order may have `user_ip`, and `order_at`. */
const EDITS_MAX = 1;

/**
 * The members of `input` that are nearly a field which is not there: of other upper and lower case, with other separators (`orderId`,
 * `Order-ID`), with one character more, less or another, or with two that changed places. Any other member may be there.
 * @param fields the fields that there are, in snake_case
 */
export function misspeltFields(input: unknown, fields: readonly string[]): readonly FieldProblem[] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return [];
  const strangers = Object.keys(input).filter((name) => !fields.includes(name));
  if (strangers.length === 0) return [];
  const isMissing = (name: string) => Reflect.get(input, name) === undefined || Reflect.get(input, name) === null;
  const missing = new Map(fields.filter(isMissing).map((name) => [lettersOf(name), name]));
  return strangers.flatMap((name) => {
    const meant = missing.get(meantBy(lettersOf(name), [...missing.keys()]) ?? '');
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
