/** What a daily run found: as JSON it is the answer of `kaiseki daily --json`. */
import type { Difference } from './daily-audit.ts';

export interface DailyReport {
  readonly time_zone: string;
  /** When the totals were read (RFC 3339): orders counted later are not in it. */
  readonly read_at: string;
  readonly duration_s: number;
  readonly days: readonly DayReport[];
  /** Orders by which the live totals differ from the recount; anything but 0 fails the run. */
  readonly drift: number;
  /** Where they differ, the first hundred. */
  readonly differences: readonly Difference[];
}

export interface DayReport {
  readonly date: string;
  /** Orders by menu type. */
  readonly totals: Readonly<Record<string, number>>;
  readonly drift: number;
}

/** The report as lines for a terminal. */
export function dailyTable(report: DailyReport): string {
  const menuTypes = [...new Set(report.days.flatMap(({ totals }) => Object.keys(totals)))];
  const header = ['date', ...menuTypes, 'drift'];
  const rows = report.days.map(({ date, totals, drift }) => [date, ...menuTypes.map((name) => String(totals[name] ?? 0)), String(drift)]);
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ');
  return `${[line(header), ...rows.map(line), '', verdict(report)].join('\n')}\n`;
}

function verdict({ days, drift, differences, time_zone }: DailyReport): string {
  const what = `${days.length} ${days.length === 1 ? 'day' : 'days'} (${time_zone})`;
  if (drift === 0) return `${what}: the live totals equal the recount.`;
  const lines = differences.map(
    ({ date, shard, segment, live, recounted }) => `  ${date} ${segment} in shard ${shard}: ${live} live, ${recounted} recounted`,
  );
  return [`${what}: DRIFT, the live totals are off by ${drift} orders:`, ...lines].join('\n');
}
