import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DailySchedule } from './daily-schedule.ts';

function nextAfter(timeZone: string, now: string): string {
  return new Date(new DailySchedule(timeZone).nextAfter(Date.parse(now))).toISOString();
}

describe('DailySchedule', () => {
  it('is ten past midnight in the zone', () => {
    expect(nextAfter('Asia/Tokyo', '2026-01-15T03:00:00Z')).toBe('2026-01-15T15:10:00.000Z');
    expect(nextAfter('UTC', '2026-01-15T00:09:59.999Z')).toBe('2026-01-15T00:10:00.000Z');
    expect(nextAfter('UTC', '2026-01-15T00:10:00Z')).toBe('2026-01-16T00:10:00.000Z');
    expect(nextAfter('Asia/Kathmandu', '2026-01-15T00:00:00Z')).toBe('2026-01-15T18:25:00.000Z');
  });

  it('is so on the days on which clocks change', () => {
    expect(nextAfter('Europe/Berlin', '2026-03-28T23:10:00Z')).toBe('2026-03-29T22:10:00.000Z');
    expect(nextAfter('Europe/Berlin', '2026-10-24T22:10:00Z')).toBe('2026-10-25T23:10:00.000Z');
    // In Beirut clocks jump from midnight to one o'clock, in Havana back from one o'clock to midnight: 00:10 comes never, and twice.
    expect(nextAfter('Asia/Beirut', '2026-03-28T12:00:00Z')).toBe('2026-03-28T22:00:00.000Z');
    expect(nextAfter('America/Havana', '2026-11-01T04:10:00Z')).toBe('2026-11-02T05:10:00.000Z');
  });

  it('takes a day that the zone skipped for one whose 00:10 was jumped over', () => {
    expect(nextAfter('Pacific/Apia', '2011-12-30T09:00:00Z')).toBe('2011-12-30T10:00:00.000Z');
    expect(nextAfter('Pacific/Apia', '2011-12-30T10:00:00Z')).toBe('2011-12-30T10:10:00.000Z');
  });

  it('comes once a day, in every zone, for years', () => {
    for (const timeZone of ['Asia/Tokyo', 'America/New_York', 'America/Santiago', 'Australia/Lord_Howe', 'Africa/Cairo']) {
      const schedule = new DailySchedule(timeZone);
      const day = new Intl.DateTimeFormat('sv-SE', { timeZone });
      fc.assert(
        fc.property(fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }), (from) => {
          const first = schedule.nextAfter(from.getTime());
          const second = schedule.nextAfter(first);
          expect(first).toBeGreaterThan(from.getTime());
          expect(Date.parse(day.format(second)) - Date.parse(day.format(first))).toBe(86_400_000);
        }),
        { numRuns: 50 },
      );
    }
  });
});
