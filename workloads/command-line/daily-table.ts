/** A daily run's report as lines for a terminal. */
import { ALL } from '#platform/fold/totals.ts';
import type { DailyReport } from '../orders/daily/daily-report.ts';
import { formatTable } from './table.ts';

/** A row a day with its orders by menu type, and the verdict. */
export function dailyTable(report: DailyReport): string {
  const menuTypes = [...new Set(report.days.flatMap(({ totals }) => Object.keys(totals)))];
  const rows = report.days.map(({ date, totals, drift }) => [date, ...menuTypes.map((name) => totals[name] ?? 0), drift]);
  return `${formatTable(['date', ...menuTypes, 'drift'], rows)}\n${verdict(report)}\n`;
}

function verdict({ days, drift, drift_all_time, differences, time_zone }: DailyReport): string {
  const what = `${days.length} ${days.length === 1 ? 'day' : 'days'} (${time_zone})`;
  if (drift === 0) return `${what}: the live totals equal the recount.`;
  const ofDays = orders(days.reduce((sum, day) => sum + day.drift, 0));
  const lines = differences.map(({ date, shard, segment, live, recounted }) =>
    date === ALL
      ? `  all time, ${segment} in shard ${shard}: ${live} live, ${recounted} in the days' live totals`
      : `  ${date} ${segment} in shard ${shard}: ${live} live, ${recounted} recounted`,
  );
  return [
    `${what}: DRIFT, the live totals of these days are off by ${ofDays}, those of all time by ${orders(drift_all_time)}:`,
    ...lines,
  ].join('\n');
}

function orders(count: number): string {
  return count === 1 ? '1 order' : `${count} orders`;
}
