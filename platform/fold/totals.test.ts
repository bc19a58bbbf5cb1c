import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TotalRow } from '#platform/tables/tables.ts';
import type { TotalChange } from './definition.ts';
import { NAMES_MAX } from './limits.ts';
import { FoldAlarm } from './outcome.ts';
import { ALL, ShardTotals } from './totals.ts';

const MEASURES = { orders: { nonNegative: true }, yen: { nonNegative: false } };

const row = (period: string, name: string, orders: number, yen = 0): TotalRow => ({ period, name, figures: { orders, yen } });
const change = (period: string, name: string, figures: TotalChange['figures']): TotalChange => ({ period, name, figures });

function totalsOf(...periods: string[]): ShardTotals {
  const totals = new ShardTotals(MEASURES);
  totals.load(periods, [row(ALL, 'w', 5, 200), row('day-0', 'w', 5), row('day-9', 'w', 7)]);
  return totals;
}

describe('totals', () => {
  it('start from what the tables hold of the periods asked for', () => {
    const totals = totalsOf(ALL, 'day-0', 'day-1');
    expect(totals.rows(ALL)).toEqual([row(ALL, 'w', 5, 200)]);
    expect(totals.rows('day-1')).toEqual([]);
    expect([ALL, 'day-0', 'day-1', 'day-9'].map((period) => totals.has(period))).toEqual([true, true, true, false]);
    expect(totals.rows('day-9')).toEqual([]);
  });

  it('start a measure that a row lacks from nothing', () => {
    const totals = new ShardTotals(MEASURES);
    totals.load([ALL], [{ period: ALL, name: 'w', figures: { orders: 5 } }]);
    totals.add(change(ALL, 'w', { yen: -3 }));
    expect(totals.rows(ALL)).toEqual([row(ALL, 'w', 5, -3)]);
  });

  it('do not start from a measure that they would leave behind', () => {
    const totals = new ShardTotals(MEASURES);
    const load = () => totals.load([ALL], [{ period: ALL, name: 'w', figures: { orders: 5, yen: 0, clicks: 1 } }]);
    expect(load).toThrow(FoldAlarm);
    expect(load).toThrow(/clicks of all\/w, which this program does not sum/);
  });

  it('tell what changed once, as it stands', () => {
    const totals = totalsOf(ALL, 'day-0');
    totals.add(change(ALL, 'w', { orders: 1, yen: -201 }));
    totals.add(change(ALL, 'y', { yen: 1 }));
    totals.add(change(ALL, 'w', { orders: 1 }));
    expect(totals.takeChanged()).toEqual([row(ALL, 'w', 7, -1), row(ALL, 'y', 0, 1)]);
    expect(totals.takeChanged()).toEqual([]);
    totals.add(change('day-0', 'w', { orders: 1 }));
    expect(totals.takeChanged()).toEqual([row('day-0', 'w', 6)]);
    expect(totals.rows('day-0')).toEqual([row('day-0', 'w', 6)]);
  });

  it('stay as they were where they were told', () => {
    const totals = totalsOf(ALL);
    totals.add(change(ALL, 'w', { orders: 1 }));
    const [changed, rows] = [totals.takeChanged(), totals.rows(ALL)];
    totals.add(change(ALL, 'w', { orders: 1 }));
    expect([changed, rows]).toEqual([[row(ALL, 'w', 6, 200)], [row(ALL, 'w', 6, 200)]]);
    expect(totals.rows(ALL)).toEqual([row(ALL, 'w', 7, 200)]);
  });

  it('are the sums of all changes', () => {
    const part = fc.constantFrom('w', 'y', '__proto__', 'constructor');
    const figures = fc.record({ orders: fc.nat({ max: 9 }), yen: fc.integer({ min: -9, max: 9 }) }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.array(fc.record({ period: part, name: part, figures })), (changes) => {
        const totals = new ShardTotals(MEASURES);
        const periods = [...new Set(changes.map(({ period }) => period))];
        totals.load(periods, []);
        for (const one of changes) totals.add(one);
        const groups = Map.groupBy(changes, ({ period, name }) => JSON.stringify([period, name]));
        const sums = [...groups.values()].map((group) => {
          const [orders, yen] = [sum(group.map((one) => one.figures.orders)), sum(group.map((one) => one.figures.yen))];
          return row(group[0]!.period, group[0]!.name, orders, yen);
        });
        expect(totals.takeChanged()).toEqual(sums);
        expect(periods.flatMap((period) => totals.rows(period))).toEqual(expect.arrayContaining(sums));
      }),
    );
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

describe('a change of totals that must not be', () => {
  it.each([
    ['in a period that was not read', change('day-0', 'w', { orders: 1 }), /day-0 were not loaded/],
    [
      'of a measure that is not declared',
      change(ALL, 'w', { yen: 1, clicks: 1 }),
      /clicks of all\/w is summed, but clicks is not declared/,
    ],
    ['of what every object has', change(ALL, 'w', { yen: 1, constructor: 1 }), /constructor of all\/w is summed/],
    ['by no integer', change(ALL, 'w', { orders: 1, yen: 0.5 }), /yen of all\/w would be 200.5 by adding 0.5: a safe integer is needed/],
    ['by nothing that is a number', change(ALL, 'w', { orders: 1, yen: Number.NaN }), /yen of all\/w would be NaN/],
    ['by an undefined figure', change(ALL, 'w', { orders: 1, yen: undefined as never }), /yen of all\/w would be NaN/],
    ['by more than a number holds exactly', change(ALL, 'w', { orders: 1, yen: -(2 ** 53) }), /yen of all\/w would be -9007199254740792/],
    ['to more than a number holds exactly', change(ALL, 'w', { orders: 1, yen: Number.MAX_SAFE_INTEGER }), /yen of all\/w would be/],
    ['below zero', change(ALL, 'w', { yen: 1, orders: -6 }), /orders of all\/w fell below zero/],
    ['below zero, of a new name', change(ALL, 'y', { orders: -1 }), /orders of all\/y fell below zero/],
  ])('%s throws and leaves nothing behind', (_, wrong, message) => {
    const totals = totalsOf(ALL);
    expect(() => totals.add(wrong)).toThrow(message);
    expect(totals.takeChanged()).toEqual([]);
    expect(totals.rows(ALL)).toEqual([row(ALL, 'w', 5, 200)]);
  });

  it('is one of more names than there may be, in any period', () => {
    const totals = new ShardTotals(MEASURES);
    totals.load([ALL, 'day-0'], []);
    for (const period of [ALL, 'day-0']) {
      for (let name = 0; name < NAMES_MAX; name++) totals.add(change(period, `${name}`, { orders: 1 }));
      expect(() => totals.add(change(period, 'w', { orders: 1 }))).toThrow(`w is one name too many in the totals of ${period}`);
      expect(() => totals.add(change(period, 'w', { orders: 1 }))).toThrow(/a set of keys; give it a fold of its own/);
      totals.add(change(period, '0', { orders: 1 }));
      expect(totals.rows(period)).toHaveLength(NAMES_MAX);
    }
  });

  it('is so of as many names as it is told', () => {
    const totals = new ShardTotals(MEASURES, 1);
    totals.load([ALL], [row(ALL, 'w', 5)]);
    totals.add(change(ALL, 'w', { orders: 1 }));
    expect(() => totals.add(change(ALL, 'y', { orders: 1 }))).toThrow('of which a shard may have 1:');
  });
});

function sum(figures: readonly (number | undefined)[]): number {
  return figures.reduce<number>((total, figure) => total + (figure ?? 0), 0);
}
