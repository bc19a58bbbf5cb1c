import { describe, expect, it } from 'vitest';
import { ALL, ShardTotals } from './totals.ts';

const row = (period: string, segment: string, orders: number, users = 0) => ({ period, segment, orders, users });

function totalsOf(...periods: string[]): ShardTotals {
  const totals = new ShardTotals();
  totals.load(periods, [row(ALL, 'w', 5, 2), row('day-0', 'w', 5), row('day-9', 'w', 7)]);
  return totals;
}

describe('totals', () => {
  it('start from what the tables hold of the periods asked for', () => {
    const totals = totalsOf(ALL, 'day-0', 'day-1');
    expect(totals.rows(ALL)).toEqual([row(ALL, 'w', 5, 2)]);
    expect(totals.rows('day-1')).toEqual([]);
    expect([ALL, 'day-0', 'day-1', 'day-9'].map((period) => totals.has(period))).toEqual([true, true, true, false]);
    expect(totals.rows('day-9')).toEqual([]);
  });

  it('tell what changed once, as it stands', () => {
    const totals = totalsOf(ALL, 'day-0');
    totals.add(row(ALL, 'w', 1, -1));
    totals.add(row(ALL, 'y', 0, 1));
    totals.add(row(ALL, 'w', 1));
    expect(totals.takeChanged()).toEqual([row(ALL, 'y', 0, 1), row(ALL, 'w', 7, 1)]);
    expect(totals.takeChanged()).toEqual([]);
    totals.add(row('day-0', 'w', 1));
    expect(totals.takeChanged()).toEqual([row('day-0', 'w', 6)]);
  });

  it('never change a period that was not read, and never fall below zero', () => {
    expect(() => totalsOf(ALL).add(row('day-0', 'w', 1))).toThrow(/day-0 were not loaded/);
    expect(() => totalsOf(ALL).add(row(ALL, 'w', 0, -3))).toThrow(/all\/w fell below zero/);
    expect(() => totalsOf(ALL).add(row(ALL, 'y', -1))).toThrow(/all\/y fell below zero/);
  });

  it('forget the periods loaded first, never all', () => {
    const totals = totalsOf('day-0', ALL, 'day-1', 'day-2');
    totals.trim(2);
    expect([ALL, 'day-0', 'day-1', 'day-2'].map((period) => totals.has(period))).toEqual([true, false, true, true]);
    totals.trim(0);
    expect([ALL, 'day-1', 'day-2'].map((period) => totals.has(period))).toEqual([true, false, false]);
    totals.load(['day-0'], [row('day-0', 'w', 6)]);
    expect(totals.rows('day-0')).toEqual([row('day-0', 'w', 6)]);
  });
});
