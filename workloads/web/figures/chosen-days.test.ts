import { describe, expect, it } from 'vitest';
import { dayWithin, lastDays, RANGE_DAYS_MAX, rangeFrom, rangeTo } from './chosen-days.ts';

describe('a range', () => {
  it('of the last days ends today', () => {
    expect(lastDays('2026-03-02', 3)).toEqual({ kind: 'range', from: '2026-02-28', to: '2026-03-02' });
  });

  it('keeps its other end where it may stay', () => {
    expect(rangeFrom('2026-01-05', '2026-01-09')).toEqual({ kind: 'range', from: '2026-01-05', to: '2026-01-09' });
    expect(rangeTo('2026-01-05', '2026-01-09')).toEqual({ kind: 'range', from: '2026-01-05', to: '2026-01-09' });
  });

  it('takes its other end along when they would cross', () => {
    expect(rangeFrom('2026-01-20', '2026-01-09')).toEqual({ kind: 'range', from: '2026-01-20', to: '2026-01-20' });
    expect(rangeTo('2026-01-20', '2026-01-09')).toEqual({ kind: 'range', from: '2026-01-09', to: '2026-01-09' });
  });

  it(`has ${RANGE_DAYS_MAX} days at most`, () => {
    expect(rangeFrom('2026-01-01', '2026-06-01')).toEqual({ kind: 'range', from: '2026-01-01', to: '2026-01-31' });
    expect(rangeTo('2026-01-01', '2026-01-31')).toEqual({ kind: 'range', from: '2026-01-01', to: '2026-01-31' });
    expect(rangeTo('2026-01-01', '2026-02-01')).toEqual({ kind: 'range', from: '2026-01-02', to: '2026-02-01' });
  });
});

describe('dayWithin', () => {
  it('takes no day after today, and nothing that is no day', () => {
    expect(dayWithin('2026-01-05', '2026-01-09')).toBe('2026-01-05');
    expect(dayWithin('2027-01-05', '2026-01-09')).toBe('2026-01-09');
    expect(dayWithin('', '2026-01-09')).toBeUndefined();
    expect(dayWithin('2026-02-30', '2026-03-09')).toBeUndefined();
  });
});
