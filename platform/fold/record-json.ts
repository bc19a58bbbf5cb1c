/** The value of a record as JSON. */

/** What the value says; undefined where there is none, or it is not JSON: whoever reads a log expects anything in it. */
export function recordJson(value: Buffer | null): unknown {
  if (value === null) return undefined;
  try {
    return JSON.parse(value.toString('utf8'));
  } catch {
    return undefined;
  }
}
