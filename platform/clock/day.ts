/** Days in a time zone, as `YYYY-MM-DD`. */

const QUARTER_HOUR_MS = 15 * 60_000;
const CACHED_QUARTERS = 4_096;

/** Tells the day of an instant. Pure but for a bounded cache: zones change their offset at quarter hours since 1970, and a quarter whose ends lie in two days is not cached. */
export class DayCutter {
  readonly timeZone: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #days = new Map<number, string>();

  /** @throws RangeError for a name that is not an IANA time zone */
  constructor(timeZone: string) {
    this.timeZone = timeZone;
    this.#format = new Intl.DateTimeFormat('en-CA-u-ca-iso8601-nu-latn', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  }

  /** The day on which the instant `at_ms` (milliseconds since the epoch) falls. */
  dayOf(at_ms: number): string {
    const quarter = Math.floor(at_ms / QUARTER_HOUR_MS);
    const known = this.#days.get(quarter);
    if (known) return known;
    const day = this.#format.format(at_ms);
    const start_ms = quarter * QUARTER_HOUR_MS;
    if (this.#format.format(start_ms) === day && this.#format.format(start_ms + QUARTER_HOUR_MS - 1) === day) {
      if (this.#days.size >= CACHED_QUARTERS) this.#days.clear();
      this.#days.set(quarter, day);
    }
    return day;
  }
}

/** The day before or after: `addDays('2026-03-01', -1)` is `2026-02-28`. @throws RangeError where that is none of the years 0000 to 9999 */
export function addDays(day: string, days: number): string {
  const moved = new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString();
  if (!/^\d{4}-/.test(moved)) throw new RangeError(`${days} days from ${day} there is no day of four digits a year`);
  return moved.slice(0, 10);
}

/** Every day from `from` to `to`, both included; none where `to` lies before `from`. */
export function daysBetween(from: string, to: string): string[] {
  if (from > to) return [];
  const days = [from];
  for (let day = from; day < to; days.push(day)) day = addDays(day, 1);
  return days;
}

/** Whether a text is a day of the calendar. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at_ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(at_ms) && new Date(at_ms).toISOString().startsWith(text);
}
