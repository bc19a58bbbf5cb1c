import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, DayCutter, daysBetween, isDay } from './day.ts';

describe('DayCutter', () => {
  it('cuts days in its time zone', () => {
    const tokyo = new DayCutter('Asia/Tokyo');
    expect(tokyo.dayOf(Date.parse('2025-05-30T14:59:59.999Z'))).toBe('2025-05-30');
    expect(tokyo.dayOf(Date.parse('2025-05-30T15:00:00Z'))).toBe('2025-05-31');
    expect(new DayCutter('America/St_Johns').dayOf(Date.parse('2026-01-01T03:29:59Z'))).toBe('2025-12-31');
    expect(new DayCutter('America/St_Johns').dayOf(Date.parse('2026-01-01T03:30:00Z'))).toBe('2026-01-01');
  });

  it('says the same with and without its cache', () => {
    const instants = fc.integer({ min: 0, max: Date.parse('2100-01-01T00:00:00Z') });
    for (const zone of ['Asia/Tokyo', 'America/New_York', 'Africa/Monrovia', 'Asia/Kathmandu', 'Pacific/Apia', 'UTC']) {
      const warm = new DayCutter(zone);
      fc.assert(
        fc.property(instants, (at_ms) => {
          warm.dayOf(at_ms - (at_ms % 900_000));
          return warm.dayOf(at_ms) === new DayCutter(zone).dayOf(at_ms);
        }),
        { numRuns: 60 },
      );
    }
  });

  it('refuses a zone that does not exist', () => {
    expect(() => new DayCutter('Asia/Atlantis')).toThrow(RangeError);
  });
});

describe('days', () => {
  it('are counted over months and leap years', () => {
    expect(addDays('2024-03-01', -1)).toBe('2024-02-29');
    expect(daysBetween('2025-12-30', '2026-01-02')).toEqual(['2025-12-30', '2025-12-31', '2026-01-01', '2026-01-02']);
    expect(daysBetween('2026-01-02', '2026-01-01')).toEqual([]);
  });

  it('end with the year 9999, and begin with 0000', () => {
    expect(daysBetween('9999-12-30', '9999-12-31')).toEqual(['9999-12-30', '9999-12-31']);
    expect(() => addDays('9999-12-31', 1)).toThrow(RangeError);
    expect(() => addDays('0000-01-01', -1)).toThrow(RangeError);
  });

  it('are told from other texts', () => {
    expect(isDay('2024-02-29')).toBe(true);
    for (const text of ['2023-02-29', '2024-13-01', '24-01-01', '2024-01-01T00:00:00Z', '']) expect(isDay(text)).toBe(false);
  });
});
