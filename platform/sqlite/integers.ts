/**
 * @throws RangeError when a value is not an integer that a number holds exactly. Checked before it is sent to a writer:
 * what SQLite refuses there undoes the turn, with whatever others have in it.
 */
export function checkIntegers(what: string, values: Iterable<number>): void {
  for (const value of values) {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${what}: a safe integer is needed, not ${value}`);
  }
}
