import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from '#platform/clock/manual-clock.testing.ts';
import { ApiError, type Problem } from '#workloads/web/api/problem.ts';
import { Changes } from './changes.ts';
import { backoff_ms, type PollingOptions, polling } from './polling.ts';
import type { Presence } from './presence.ts';

/** A page that is visible or hidden, and woken, as the test says. */
class Surroundings implements Presence {
  readonly #visible: (() => void)[] = [];
  readonly #listeners = new Set<() => void>();
  hidden = false;

  visible(): Promise<void> {
    return this.hidden ? new Promise((resolve) => this.#visible.push(resolve)) : Promise.resolve();
  }

  show(): void {
    this.hidden = false;
    for (const resolve of this.#visible.splice(0)) resolve();
  }

  onWake(listener: () => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener));
  }

  wake(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Lets everything run that waits for nothing but its turn. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

const INTERVAL_MS = 1_500;
let stop = () => {};
afterEach(() => stop());

function observe(answers: () => number | Problem, told: Pick<PollingOptions, 'changes' | 'changed_ms_min'> = {}) {
  const clock = new ManualClock();
  const surroundings = new Surroundings();
  const heard: (number | Problem)[] = [];
  let asked = 0;
  const load = async () => {
    asked += 1;
    const answer = answers();
    if (typeof answer !== 'number') throw new ApiError(answer);
    return answer;
  };
  stop = polling(load, { interval_ms: INTERVAL_MS, clock, presence: surroundings, ...told })({
    next: (value) => void heard.push(value),
    trouble: (problem) => void heard.push(problem),
  });
  return {
    heard,
    surroundings,
    asked: () => asked,
    advance: async (duration_ms: number) => {
      clock.advance(duration_ms);
      await settle();
    },
  };
}

const refusal: Problem = { kind: 'answered', status: 503 };

describe('polling', () => {
  it('asks at once, and again an interval after each answer', async () => {
    let answer = 0;
    const { heard, advance } = observe(() => ++answer);
    await settle();
    expect(heard).toEqual([1]);
    await advance(INTERVAL_MS - 1);
    expect(heard).toEqual([1]);
    await advance(1);
    expect(heard).toEqual([1, 2]);
  });

  it('asks nothing while the page is hidden, and at once when it is seen again', async () => {
    const { asked, advance, surroundings } = observe(() => 1);
    await settle();
    surroundings.hidden = true;
    await advance(INTERVAL_MS);
    await advance(60_000);
    expect(asked()).toBe(1);
    surroundings.show();
    await settle();
    expect(asked()).toBe(2);
  });

  it('tells of trouble and tries again after growing pauses', async () => {
    const { heard, advance } = observe(() => refusal);
    await settle();
    expect(heard).toEqual([refusal]);
    await advance(1_000);
    expect(heard).toHaveLength(2);
    await advance(1_999);
    expect(heard).toHaveLength(2);
    await advance(1);
    expect(heard).toHaveLength(3);
  });

  it('tries again at once when woken, and is back to its interval when it got through', async () => {
    let up = false;
    const { heard, advance, surroundings } = observe(() => (up ? 7 : refusal));
    await settle();
    up = true;
    surroundings.wake();
    await settle();
    expect(heard).toEqual([refusal, 7]);
    surroundings.wake();
    await settle();
    expect(heard).toEqual([refusal, 7]);
    await advance(INTERVAL_MS);
    expect(heard).toEqual([refusal, 7, 7]);
  });

  it('asks sooner when something has changed, yet at most once a second, and not twice for one change', async () => {
    const changes = new Changes();
    const { asked, advance } = observe(() => 1, { changes });
    await settle();
    for (let change = 0; change < 50; change++) {
      changes.announce();
      await advance(10);
    }
    expect(asked()).toBe(1);
    await advance(499);
    expect(asked()).toBe(1);
    await advance(1);
    expect(asked()).toBe(2);
    await advance(1_499);
    expect(asked()).toBe(2);
    await advance(1);
    expect(asked()).toBe(3);
    await advance(1_200);
    changes.announce();
    await settle();
    expect(asked()).toBe(4);
  });

  it('asks no sooner than it is told to, however much changes', async () => {
    const changes = new Changes();
    const { asked, advance } = observe(() => 1, { changes, changed_ms_min: 1_200 });
    await settle();
    changes.announce();
    await advance(1_199);
    expect(asked()).toBe(1);
    await advance(1);
    expect(asked()).toBe(2);
  });

  it('says nothing after it was stopped', async () => {
    const { heard, asked, advance } = observe(() => 1);
    stop();
    await settle();
    await advance(60_000);
    expect(heard).toEqual([]);
    expect(asked()).toBeLessThanOrEqual(1);
  });
});

describe('backoff_ms', () => {
  it('doubles up to its limit', () => {
    expect([1, 2, 3, 4, 5, 50].map(backoff_ms)).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });
});
