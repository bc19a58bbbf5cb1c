import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from '#platform/clock/manual-clock.testing.ts';
import { ApiError, type Problem } from '#workloads/web/api/problem.ts';
import type { Connection } from './connections.ts';
import type { Presence } from './presence.ts';
import { pushing } from './pushing.ts';

const presence: Presence = { visible: () => Promise.resolve(), onWake: () => undefined };
const refusal: Problem = { kind: 'answered', status: 503 };
/** Lets everything run that waits for nothing but its turn. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

let stop = () => {};
afterEach(() => stop());

/** A connection that the test opens, speaks through and cuts. */
class Line {
  tried = 0;
  up = true;
  #hear: ((message: string) => void) | undefined;
  #cut: (() => void) | undefined;

  readonly connection: Connection = (hear, signal) =>
    new Promise((resolve) => {
      this.tried += 1;
      if (!this.up) return resolve();
      this.#hear = hear;
      this.#cut = resolve;
      signal.addEventListener('abort', () => resolve());
    });

  say(message: string): void {
    this.#hear?.(message);
  }

  cut(): void {
    this.#cut?.();
  }
}

/** Messages are numbers; a negative one tells that one was missed. */
async function observe({ answers = () => 0 as number | Problem, up = [true, true] } = {}) {
  const clock = new ManualClock();
  const [best, other] = [new Line(), new Line()];
  best.up = up[0] === true;
  other.up = up[1] === true;
  const heard: (number | Problem)[] = [];
  let asked = 0;
  stop = pushing<number>({
    connections: [best.connection, other.connection],
    begin: () => (message) => (Number(message) < 0 ? undefined : Number(message)),
    load: async () => {
      asked += 1;
      const answer = answers();
      if (typeof answer !== 'number') throw new ApiError(answer);
      return answer;
    },
    clock,
    presence,
    random: () => 1,
  })({ next: (value) => void heard.push(value), trouble: (problem) => void heard.push(problem) });
  await settle();
  return {
    best,
    other,
    heard,
    asked: () => asked,
    advance: async (duration_ms: number) => {
      clock.advance(duration_ms);
      await settle();
    },
  };
}

describe('pushing', () => {
  it('hands on what it is told, and asks nothing', async () => {
    const { best, heard, asked, advance } = await observe();
    best.say('1');
    await advance(5_000);
    best.say('2');
    expect(heard).toEqual([1, 2]);
    expect(asked()).toBe(0);
  });

  it('comes back when the connection ends, and when a message was missed', async () => {
    const { best, heard, advance } = await observe();
    best.say('1');
    best.cut();
    await settle();
    await advance(1_000);
    expect(best.tried).toBe(2);
    best.say('2');
    best.say('-1');
    await settle();
    await advance(2_000);
    expect(best.tried).toBe(3);
    expect(heard).toEqual([1, 2]);
  });

  it('gives up a connection that has fallen silent', async () => {
    const { best, advance } = await observe();
    best.say('1');
    await advance(10_000);
    await advance(29_999);
    await advance(1_000);
    await advance(2_000);
    expect(best.tried).toBe(2);
  });

  it('goes on to the next way when nothing is heard at first, and stays with it', async () => {
    const { best, other, heard, advance } = await observe();
    expect(other.tried).toBe(0);
    await advance(10_000);
    other.say('1');
    await advance(20_000);
    other.say('2');
    expect(heard).toEqual([1, 2]);
    expect([best.tried, other.tried]).toEqual([1, 1]);
  });

  it('asks where nobody pushes, and tries the connections again now and then', async () => {
    let answer = 0;
    const { best, heard, advance } = await observe({ up: [false, false], answers: () => ++answer });
    expect(heard).toEqual([1]);
    for (let turn = 0; turn < 6; turn++) await advance(1_500);
    expect(heard).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(best.tried).toBe(1);
    await advance(1_500);
    expect(best.tried).toBe(2);
  });

  it('tells of trouble when nobody pushes or answers, and tries again after growing pauses', async () => {
    const { best, heard, advance } = await observe({ up: [false, false], answers: () => refusal });
    expect(heard).toEqual([refusal]);
    await advance(1_000);
    expect(heard).toHaveLength(2);
    best.up = true;
    await advance(2_000);
    best.say('5');
    expect(heard).toEqual([refusal, refusal, 5]);
  });

  it('waits for the best way to come back once it has worked', async () => {
    const { best, other, advance, asked } = await observe();
    best.say('1');
    best.up = false;
    best.cut();
    await settle();
    await advance(1_000);
    expect([best.tried, other.tried]).toEqual([2, 0]);
    expect(asked()).toBe(1);
  });

  it('says nothing after it was stopped', async () => {
    const { best, heard, advance } = await observe();
    stop();
    best.say('1');
    await advance(60_000);
    expect(heard).toEqual([]);
    expect(best.tried).toBe(1);
  });
});
