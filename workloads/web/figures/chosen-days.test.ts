import { describe, expect, it } from 'vitest';
import { dayWithin, lastDays, lastOrdered, RANGE_DAYS_MAX, rangeFrom, rangeTo } from './chosen-days.ts';

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

it('the last day with orders is found among days without, and those that are not known', () => {
  const day = (name: string, ...counts: number[]) => ({
    day: name,
    orders: new Map(counts.map((count, index) => [String(index), count])),
  });
  expect(lastOrdered([day('a', 0, 1), day('b', 2, 0), day('c', 0, 0), day('d')])).toBe('b');
  expect(lastOrdered([day('a', 1), { day: 'b', orders: undefined }])).toBe('a');
  expect(lastOrdered([day('a', 0), day('b')])).toBeUndefined();
});
