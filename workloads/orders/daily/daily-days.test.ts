import { describe, expect, it } from 'vitest';
import { daysDue, parseDayRange, sumOfShards } from './daily-days.ts';

const counts = (days: Readonly<Record<string, Readonly<Record<string, number>>>>) =>
  new Map(Object.entries(days).map(([day, segments]) => [day, new Map(Object.entries(segments))]));

describe('daysDue', () => {
  const today = '2026-01-15';

  it('is yesterday as long as it has no summary, even without orders', () => {
    expect(daysDue(counts({}), counts({}), today)).toEqual(['2026-01-14']);
    expect(daysDue(counts({}), counts({ '2026-01-14': { washoku: 0 } }), today)).toEqual([]);
  });

  it('is every earlier day whose summary is missing or differs from the live totals, either way', () => {
    const live = counts({
      all: { washoku: 9 },
      '2025-12-31': { washoku: 1 },
      '2026-01-10': { washoku: 2, yoshoku: 1 },
      '2026-01-11': { washoku: 3 },
      '2026-01-12': { washoku: 1 },
    });
    const stored = counts({
      '2026-01-09': { washoku: 5 },
      '2026-01-10': { washoku: 2, yoshoku: 0 },
      '2026-01-11': { washoku: 3, yoshoku: 0 },
      '2026-01-12': { washoku: 2 },
      '2026-01-14': { washoku: 0 },
    });
    expect(daysDue(live, stored, today)).toEqual(['2025-12-31', '2026-01-09', '2026-01-10', '2026-01-12']);
  });

  it('is never today or a day to come', () => {
    const live = counts({ '2026-01-15': { washoku: 1 }, '2026-01-16': { washoku: 1 } });
    expect(daysDue(live, counts({ '2026-01-14': { washoku: 0 } }), today)).toEqual([]);
  });
});

describe('sumOfShards', () => {
  it('adds up by day and menu type', () => {
    const sum = sumOfShards([counts({ a: { x: 1, y: 2 } }), counts({ a: { x: 3 }, b: { x: 4 } })]);
    expect(sum).toEqual(counts({ a: { x: 4, y: 2 }, b: { x: 4 } }));
  });
});

describe('parseDayRange', () => {
  const parse = (options: Parameters<typeof parseDayRange>[0]) => parseDayRange(options, '2026-01-15');

  it('reads one day, a range, or nothing', () => {
    expect(parse({ date: '2026-01-02' })).toEqual({ ok: true, range: { from: '2026-01-02', to: '2026-01-02' } });
    expect(parse({ from: '2026-01-02', to: '2026-01-05' })).toEqual({ ok: true, range: { from: '2026-01-02', to: '2026-01-05' } });
    expect(parse({})).toEqual({ ok: true, range: undefined });
  });

  it('refuses what is no day or no range, and says why', () => {
    const problem = (options: Parameters<typeof parseDayRange>[0]) => {
      const parsed = parse(options);
      return parsed.ok ? 'accepted' : parsed.problem;
    };
    expect(problem({ date: '2026-02-30' })).toMatch(/--date must be a day/);
    expect(problem({ from: 'yesterday', to: '2026-01-01' })).toMatch(/--from must be a day/);
    expect(problem({ date: '2026-01-01', to: '2026-01-02' })).toMatch(/without/);
    expect(problem({ from: '2026-01-01' })).toMatch(/go together/);
    expect(problem({ to: '2026-01-01' })).toMatch(/go together/);
    expect(problem({ from: '2026-01-02', to: '2026-01-01' })).toMatch(/before/);
    expect(problem({ from: '2000-01-01', to: '2026-01-01' })).toMatch(/days at the most/);
    expect(problem({ date: '2026-01-15' })).toBe('--date 2026-01-15 is not over: 2026-01-14 is the last day that is');
    expect(problem({ date: '2999-01-01' })).toMatch(/--date 2999-01-01 is not over/);
    expect(problem({ from: '2026-01-10', to: '2026-01-15' })).toMatch(/--to 2026-01-15 is not over/);
    expect(problem({ from: '2026-01-10', to: '2026-01-14' })).toBe('accepted');
  });
});
