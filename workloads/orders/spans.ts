/**
 * Spans of time under which what left a user's row is filed (past-orders.ts): a second, minute, hour, day, month or year of UTC. Each is
 * the beginning that its times share when they are written as ISO 8601. A page is filed under spans as wide as they may be for
 * how fast its orders came: so it makes few rows, and who looks up an order reads few orders.
 */

/** Orders that a span should hold at the most. */
const SPAN_ORDERS_MAX = 256;

/** How long the text of a span is, the widest first, and about how long the span. */
const SPANS = [
  { length: 4, duration_ms: 365 * 86_400_000 },
  { length: 7, duration_ms: 30 * 86_400_000 },
  { length: 10, duration_ms: 86_400_000 },
  { length: 13, duration_ms: 3_600_000 },
  { length: 16, duration_ms: 60_000 },
  { length: 19, duration_ms: 1_000 },
] as const;
const DAY = 10;
const SECOND = 19;

/** The length of a span's text. */
export type SpanLength = (typeof SPANS)[number]['length'];

/** The span in which a time lies: `2026-01-15T13` of length 13. */
export function spanOf(ts_ms: number, length: SpanLength): string {
  return new Date(ts_ms).toISOString().slice(0, length);
}

/**
 * The spans for a page of orders of these times. How fast they came is told by the middle half of them, so that a few that are late change
 * nothing. Orders that do not all come after those on pages before may be any part of what the user ordered then (an import
 * in no order), so that nothing is known of how many a span will hold: it is a day at the most.
 * @param paged_ms the latest time on pages before
 */
export function spanLengthFor(times_ms: readonly number[], paged_ms: number): SpanLength {
  const sorted = times_ms.toSorted((one, other) => one - other);
  const quarter = Math.floor(sorted.length / 4);
  const middle = sorted.slice(quarter, sorted.length - quarter);
  const gaps = middle.length - 1;
  const took_ms = (middle.at(-1) ?? 0) - (middle[0] ?? 0);
  const isLater = (sorted[0] ?? 0) > paged_ms;
  for (const { length, duration_ms } of SPANS) {
    if (length < DAY && !isLater) continue;
    if (gaps * duration_ms <= SPAN_ORDERS_MAX * took_ms) return length;
  }
  return SECOND;
}
