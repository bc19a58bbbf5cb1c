import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '#platform/clock/clock.ts';
import { put } from '#platform/tables/tables.ts';
import { runOrders } from '../orders.testing.ts';
import { dailySummary, monthOf } from '../tables.ts';
import { createSummary } from './summary.ts';

describe('GET /api/summaries', () => {
  const summary = (order_date: string, segment: string, total_count: number) =>
    put(dailySummary, { month: monthOf(order_date), order_date, segment, total_count, computed_at: 0 }, 1);
  const clock: Clock = { ...systemClock, now_ms: () => Date.parse('2025-06-10T15:00:00Z') }; // 11 June in Tokyo

  it('has the days of a range, by date and then as the menu has them', async () => {
    const running = await runOrders({ create: [createSummary], clock });
    await running.platform.tables.write([
      summary('2025-05-30', 'yoshoku', 321),
      summary('2025-05-30', 'washoku', 456),
      summary('2025-05-30', 'kinoko', 7),
      summary('2025-06-01', 'washoku', 5),
      summary('2025-06-02', 'washoku', 6),
      summary('2025-04-30', 'washoku', 4),
    ]);
    const of = (date: string, segment: string, total_count: number) => ({ date, segment, total_count });
    expect((await running.get('/api/summaries?from=2025-05-30&to=2025-06-01')).json).toEqual({
      summaries: [
        of('2025-05-30', 'washoku', 456),
        of('2025-05-30', 'yoshoku', 321),
        of('2025-05-30', 'kinoko', 7),
        of('2025-06-01', 'washoku', 5),
      ],
    });
    expect((await running.get('/api/summaries?from=2025-04-30&to=2025-05-30&dimension=cuisine')).json).toEqual({
      summaries: [of('2025-04-30', 'washoku', 4), of('2025-05-30', 'washoku', 456), of('2025-05-30', 'yoshoku', 321)],
    });
  });

  it('has the last 30 days unless asked otherwise', async () => {
    const running = await runOrders({ create: [createSummary], clock });
    const days = ['2025-05-12', '2025-05-13', '2025-06-11', '2025-06-12'];
    await running.platform.tables.write(days.map((day) => summary(day, 'washoku', 1)));
    const dates = async (query: string) =>
      ((await running.get(`/api/summaries${query}`)).json as { summaries: { date: string }[] }).summaries.map(({ date }) => date);
    expect(await dates('')).toEqual(['2025-05-13', '2025-06-11']);
    expect(await dates('?from=2025-05-12')).toEqual(['2025-05-12', '2025-05-13', '2025-06-11']);
    expect(await dates('?to=2025-05-12')).toEqual(['2025-05-12']);
  });

  it('refuses ranges that are none or too long', async () => {
    const running = await runOrders({ create: [createSummary], clock });
    for (const query of [
      'from=2025-06-02&to=2025-06-01',
      'from=2024-06-10&to=2025-06-11',
      'from=2025-02-29',
      'to=tomorrow',
      'to=0000-01-01',
      'to=1969-12-30',
      'dimension=drinks',
    ]) {
      expect((await running.get(`/api/summaries?${query}`)).status, query).toBe(422);
    }
    for (const query of ['from=2024-06-11&to=2025-06-11', 'from=9998-12-31&to=9999-12-31', 'to=1969-12-31']) {
      expect((await running.get(`/api/summaries?${query}`)).status, query).toBe(200);
    }
    expect((await running.get('/api/summaries?to=tomorrow')).json).toMatchObject({
      errors: [{ field: 'to', problem: 'must be a day such as 2025-05-30' }],
    });
  });
});
