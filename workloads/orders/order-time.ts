/** When an order was made: RFC 3339 as clients write it, leap seconds included. */

/** In the Gregorian calendar; those of whole centuries by the century. */
const LEAP_YEAR = '(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
/** Of every year. */
const MONTH_AND_DAY = '(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))';
const DATE = `(?:${LEAP_YEAR}-02-29|\\d{4}-${MONTH_AND_DAY})`;
const HOURS_AND_MINUTES = '(?:[01]\\d|2[0-3]):[0-5]\\d';
const REST = `(?:\\.\\d+)?(?:[Zz]|[+-]${HOURS_AND_MINUTES})`;

/** RFC 3339, section 5.6, in which T and Z may be lower case; without leap seconds, which Date does not know. */
export const TIMESTAMP = new RegExp(`^${DATE}[Tt]${HOURS_AND_MINUTES}:[0-5]\\d${REST}$`);
/** The same with the second 60, of which `instantOf` says whether there can have been one. */
export const TIMESTAMP_SENT = new RegExp(`^${DATE}[Tt]${HOURS_AND_MINUTES}:(?:[0-5]\\d|60)${REST}$`);
export const WRONG_TIMESTAMP = 'must be an RFC 3339 date and time such as 2025-05-30T12:00:00Z';

/** Later, the day of an order could be one of the year 10000, which no table of days takes. */
const INSTANT_MS_END = Date.UTC(9999, 11, 31);
/** Where the seconds stand in every timestamp. */
const SECONDS = [17, 19] as const;

export type Instant = { readonly ok: true; readonly ts_ms: number } | { readonly ok: false; readonly problem: string };

/** The instant of a timestamp (`TIMESTAMP_SENT`), in milliseconds since the epoch; a leap second is the second after it. */
export function instantOf(timestamp: string): Instant {
  const [start, end] = SECONDS;
  const isLeap = timestamp.slice(start, end) === '60';
  const text = isLeap ? `${timestamp.slice(0, start)}59${timestamp.slice(end)}` : timestamp;
  // Upper case is what Date.parse promises to read.
  const ts_ms = Date.parse(text.toUpperCase()) + (isLeap ? 1_000 : 0);
  if (isLeap && !beginsMonth(ts_ms)) {
    return { ok: false, problem: 'has the second 60, but a leap second is the last one of a month in UTC (23:59:60Z)' };
  }
  if (!(ts_ms >= 0)) return { ok: false, problem: 'must not lie before 1970' };
  if (ts_ms >= INSTANT_MS_END) return { ok: false, problem: 'must lie before the last day of 9999' };
  return { ok: true, ts_ms };
}

/** Whether an instant lies in the first second of a month in UTC. */
function beginsMonth(ts_ms: number): boolean {
  return new Date(ts_ms).toISOString().slice(8, 19) === '01T00:00:00';
}
