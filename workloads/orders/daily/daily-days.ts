/** Which days a daily run recounts. */
import { addDays, isDay } from '#platform/clock/day.ts';
import { ALL } from '#platform/fold/totals.ts';
import { dailySummary, monthOf } from '../tables.ts';
import type { Recounting } from './daily-recount.ts';
import { addTo, type Counts, type ShardSnapshot } from './daily-snapshot.ts';
import { everyRow, PAGE_ROWS } from './every-row.ts';

/** Days that one run recounts at the most when it is told from where to where: ten years. */
const RANGE_DAYS_MAX = 3_660;

/** Both ends are included. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/**
 * Reads `--date`, `--from` and `--to`; undefined where none was given: yesterday and the late days. A day that is not over
 * is refused: its summary would be taken for that of the whole day.
 */
export function parseDayRange(
  options: { readonly date?: string | undefined; readonly from?: string | undefined; readonly to?: string | undefined },
  today: string,
): { readonly ok: true; readonly range: DayRange | undefined } | { readonly ok: false; readonly problem: string } {
  const { date, from, to } = options;
  for (const [name, text] of Object.entries({ '--date': date, '--from': from, '--to': to })) {
    if (text !== undefined && !isDay(text)) return { ok: false, problem: `${name} must be a day such as 2025-05-30, not ${text}` };
  }
  if (date !== undefined && (from !== undefined || to !== undefined)) return { ok: false, problem: '--date goes without --from and --to' };
  const unfinished = Object.entries({ '--date': date, '--to': to }).find(([, day]) => day !== undefined && day >= today);
  if (unfinished) return { ok: false, problem: `${unfinished.join(' ')} is not over: ${addDays(today, -1)} is the last day that is` };
  if (date !== undefined) return { ok: true, range: { from: date, to: date } };
  if (from === undefined && to === undefined) return { ok: true, range: undefined };
  if (from === undefined || to === undefined) return { ok: false, problem: '--from and --to go together' };
  if (to < from) return { ok: false, problem: `--to (${to}) lies before --from (${from})` };
  if (addDays(from, RANGE_DAYS_MAX) <= to) return { ok: false, problem: `--from and --to may span ${RANGE_DAYS_MAX} days at the most` };
  return { ok: true, range: { from, to } };
}

/**
 * Days before today that have no summary, or one that differs from the live totals: yesterday at first, and where
 * late orders came in.
 */
export async function readDaysDue(reading: Recounting, snapshots: readonly ShardSnapshot[], today: string): Promise<readonly string[]> {
  const stored = await readStored(reading, snapshots, today);
  return daysDue(sumOfShards(snapshots.map((snapshot) => snapshot.live)), stored, today);
}

/** The same, of totals and summaries that were read. */
export function daysDue(live: Counts, stored: Counts, today: string): readonly string[] {
  const isDue = (day: string) => !stored.has(day) || !sameCounts(live.get(day), stored.get(day));
  const days = new Set([...live.keys(), ...stored.keys(), addDays(today, -1)]);
  return [...days].filter((day) => day !== ALL && day < today && isDue(day)).sort();
}

function sameCounts(a: ReadonlyMap<string, number> = new Map(), b: ReadonlyMap<string, number> = new Map()): boolean {
  return [...a.keys(), ...b.keys()].every((menuType) => (a.get(menuType) ?? 0) === (b.get(menuType) ?? 0));
}

/** What `daily_summary` holds of the months in which the shards have orders, and of yesterday's. */
async function readStored(reading: Recounting, snapshots: readonly ShardSnapshot[], today: string): Promise<Counts> {
  const days = snapshots.flatMap(({ live }) => [...live.keys()]).filter((period) => period !== ALL);
  const months = new Set([...days, addDays(today, -1)].map(monthOf));
  const stored = new Map<string, Map<string, number>>();
  for (const month of months) {
    const rows = everyRow((cursor) => reading.tables.page(dailySummary, { within: { month }, limit: PAGE_ROWS, ...cursor }), reading);
    for await (const { order_date, segment, total_count } of rows) addTo(stored, order_date, segment, total_count);
  }
  return stored;
}

/** Counts of several shards, added up. */
export function sumOfShards(shards: readonly Counts[]): Counts {
  const sum = new Map<string, Map<string, number>>();
  for (const counts of shards) {
    for (const [period, segments] of counts) for (const [segment, orders] of segments) addTo(sum, period, segment, orders);
  }
  return sum;
}
