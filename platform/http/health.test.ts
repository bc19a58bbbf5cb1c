import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '#platform/clock/clock.ts';
import { healthRoutes } from './health.ts';
import { ask, serve } from './http.testing.ts';
import type { Readiness } from './readiness.ts';

interface Given {
  readonly readiness?: readonly Readiness[];
  readonly check?: () => Promise<void>;
  readonly clock?: Clock;
}

async function given({ readiness = [], check = async () => {}, clock = systemClock }: Given) {
  const routes = healthRoutes({ clock, readiness: () => readiness, dependencies: { log: check } });
  const { url } = await serve(routes);
  return (path: string) => ask(url, routes, path);
}

describe('/readyz', () => {
  it('is ready when everything is', async () => {
    const get = await given({ readiness: [{ name: 'counter', ready: true }] });
    const { status, json } = await get('/readyz');
    expect(status).toBe(200);
    expect(json).toEqual({
      ready: true,
      checks: [
        { name: 'counter', ready: true },
        { name: 'log', ready: true },
      ],
    });
  });

  it('gives the reason of what is not', async () => {
    const get = await given({ check: () => Promise.reject(new Error('no broker answers')), readiness: [{ name: 'counter', ready: true }] });
    const { status, json } = await get('/readyz');
    expect(status).toBe(503);
    expect(json).toEqual({
      ready: false,
      checks: [
        { name: 'counter', ready: true },
        { name: 'log', ready: false, reason: 'no broker answers' },
      ],
    });
  });

  it('does not wait for a dependency that never answers, nor asks it again meanwhile', async () => {
    let asked = 0;
    const impatient: Clock = { ...systemClock, sleep: async () => {} };
    const check = () => {
      asked++;
      return new Promise<void>(() => {});
    };
    const get = await given({ check, clock: impatient });
    for (let probe = 0; probe < 3; probe++) {
      expect((await get('/readyz')).json).toMatchObject({ ready: false, checks: [{ name: 'log', reason: 'no answer within 2000 ms' }] });
    }
    expect(asked).toBe(1);
  });

  it('asks again after a check that threw before it had a promise', async () => {
    let asked = 0;
    let now_ms = 0;
    const clock: Clock = { ...systemClock, monotonic_ms: () => now_ms };
    const check = () => {
      if (asked++ === 0) throw new Error('too many open files');
      return Promise.resolve();
    };
    const get = await given({ check, clock });
    expect((await get('/readyz')).json).toMatchObject({ ready: false, checks: [{ name: 'log', reason: 'too many open files' }] });
    now_ms = 500;
    expect((await get('/readyz')).json).toMatchObject({ ready: true });
  });

  it('believes an answer for a moment, then asks again', async () => {
    let asked = 0;
    let now_ms = 0;
    const clock: Clock = { ...systemClock, monotonic_ms: () => now_ms };
    const get = await given({ check: async () => void asked++, clock });
    await get('/readyz');
    now_ms = 499;
    await get('/readyz');
    expect(asked).toBe(1);
    now_ms = 500;
    await get('/readyz');
    expect(asked).toBe(2);
  });
});

it('/livez answers whatever the dependencies do', async () => {
  const get = await given({ check: () => Promise.reject(new Error('gone')) });
  expect((await get('/livez')).status).toBe(200);
});
