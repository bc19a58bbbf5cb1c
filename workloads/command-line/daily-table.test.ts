import { expect, it } from 'vitest';
import type { DailyReport } from '../orders/daily/daily-report.ts';
import { dailyTable } from './daily-table.ts';

const REPORT: DailyReport = {
  time_zone: 'Asia/Tokyo',
  read_at: '2026-01-15T03:00:00.000Z',
  duration_s: 1,
  days: [
    { date: '2026-01-13', totals: { kinoko: 30 }, drift: 0 },
    { date: '2026-01-14', totals: { kinoko: 0, washoku: 1_500 }, drift: 0 },
  ],
  drift: 0,
  drift_all_time: 0,
  differences: [],
};

it('shows a row a day, 0 where a day has none of a menu type', () => {
  expect(dailyTable(REPORT)).toBe(
    [
      'date        kinoko  washoku  drift',
      '2026-01-13      30        0      0',
      '2026-01-14       0     1500      0',
      '',
      '2 days (Asia/Tokyo): the live totals equal the recount.',
      '',
    ].join('\n'),
  );
});

it('names every difference, and does not count a wrong day twice because all time is wrong by it, too', () => {
  const days = REPORT.days.map((day, index) => ({ ...day, drift: index }));
  const differences = [
    { date: '2026-01-14', shard: 3, segment: 'washoku', live: 1_500, recounted: 1_499 },
    { date: 'all', shard: 3, segment: 'washoku', live: 1_799, recounted: 1_800 },
  ];
  const lines = dailyTable({ ...REPORT, days, drift: 1, drift_all_time: 1, differences }).split('\n');
  expect(lines.slice(-4)).toEqual([
    '2 days (Asia/Tokyo): DRIFT, the live totals of these days are off by 1 order, those of all time by 1 order:',
    '  2026-01-14 washoku in shard 3: 1500 live, 1499 recounted',
    "  all time, washoku in shard 3: 1799 live, 1800 in the days' live totals",
    '',
  ]);
});
