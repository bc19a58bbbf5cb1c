/** Numbers, shares, days and times as a locale writes them. */

export interface Format {
  number(value: number): string;
  /** A share of 0 to 1, in percent with one digit after the point. */
  ratio(share: number): string;
  /** `YYYY-MM-DD` in full, with its weekday. */
  day(day: string): string;
  /** `YYYY-MM-DD` as short as can be. */
  shortDay(day: string): string;
  /** The weekday of `YYYY-MM-DD`, shortened. */
  weekday(day: string): string;
  /** An instant in milliseconds since the epoch or RFC 3339, with its date, in the time zone of the menu. */
  instant(at: number | string, timeZone: string): string;
  /** The time of day of an instant, to the second, in the time zone of the menu, which it names. */
  time(at_ms: number, timeZone: string): string;
}

/** @param locale a BCP 47 tag such as `ja-JP` */
export function formatFor(locale: string): Format {
  const number = new Intl.NumberFormat(locale);
  const ratio = new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const ofDay = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
    return (day: string) => format.format(Date.parse(`${day}T00:00:00Z`));
  };
  return {
    number: (value) => number.format(value),
    ratio: (share) => ratio.format(share),
    day: ofDay({ year: 'numeric', month: 'long', day: 'numeric', weekday: 'short' }),
    shortDay: ofDay({ month: 'numeric', day: 'numeric' }),
    weekday: ofDay({ weekday: 'short' }),
    instant: (at, timeZone) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone }).format(new Date(at)),
    time: (at_ms, timeZone) =>
      new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'short', timeZone }).format(
        at_ms,
      ),
  };
}
