/** Names of time zones. */

/** Whether two names mean one time zone: `Asia/Calcutta` and `Asia/Kolkata` do, whatever the machine prefers. */
export function sameTimeZone(one: string, other: string): boolean {
  if (one === other) return true;
  try {
    const [first, second] = [one, other].map((name) => new Temporal.ZonedDateTime(0n, name));
    return first !== undefined && second !== undefined && first.equals(second);
  } catch {
    // A name that this machine does not know is no other's.
    return false;
  }
}
