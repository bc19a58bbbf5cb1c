import { describe, expect, it } from 'vitest';
import { NOTHING_RECENT, recentAfter, recentLine, STEP_MS, STEPS } from './recent.ts';

const START_MS = Date.parse('2026-01-15T03:00:00Z');
const at = (step: number) => START_MS + step * STEP_MS;
const totals = (kinoko: number, takenoko = 0) => new Map(Object.entries({ kinoko, takenoko }));

describe('recent', () => {
  it('counts what comes after the page began to look', () => {
    let recent = recentAfter(NOTHING_RECENT, at(0), totals(100, 50));
    recent = recentAfter(recent, at(0), totals(102, 50));
    recent = recentAfter(recent, at(0) + 1, totals(103, 51));
    recent = recentAfter(recent, at(2), totals(104, 51));
    expect(recentLine(recent, 'kinoko', at(3)).slice(-4)).toEqual([null, 3, 0, 1]);
    expect(recentLine(recent, 'takenoko', at(4)).slice(-4)).toEqual([1, 0, 0, 0]);
  });

  it('ends with the last step that is over: one that has only begun says nothing yet', () => {
    let recent = recentAfter(NOTHING_RECENT, at(0), totals(0));
    recent = recentAfter(recent, at(0) + 1, totals(45));
    recent = recentAfter(recent, at(1), totals(47));
    expect(recentLine(recent, 'kinoko', at(2) - 1).slice(-2)).toEqual([null, 45]);
    expect(recentLine(recent, 'kinoko', at(2)).slice(-2)).toEqual([45, 2]);
  });

  it('knows nothing before anything was seen', () => {
    expect(new Set(recentLine(NOTHING_RECENT, 'kinoko', START_MS))).toEqual(new Set([null]));
  });

  it('forgets what is older than it shows', () => {
    let recent = recentAfter(NOTHING_RECENT, at(0), totals(0));
    for (let step = 1; step <= 10 * STEPS; step++) recent = recentAfter(recent, at(step), totals(step));
    expect(recent.steps.size).toBe(STEPS + 1);
    expect(recentLine(recent, 'kinoko', at(10 * STEPS))).toEqual(Array.from({ length: STEPS }, () => 1));
  });
});
