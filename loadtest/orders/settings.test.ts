import { describe, expect, it } from 'vitest';
import { due_ms, scenarioOf } from './profiles.ts';
import { PROFILES, readOrderSettings } from './settings.ts';

const read = (environment: Readonly<Record<string, string>>) => readOrderSettings(environment, { batch: 1, rate: 200 });

describe('the settings of a test of orders', () => {
  it('are steady on this machine unless said otherwise', () => {
    expect(read({})).toMatchObject({
      servers: { ingest: 'http://localhost:8080', keys: { ingest: undefined, read: undefined } },
      profile: 'steady',
      rate: 200,
      batch: 1,
      duration_s: 60,
      hot: 0,
      seed: undefined,
    });
    expect(read({ PROFILE: 'soak' }).duration_s).toBe(3_600);
    expect(read({ PROFILE: 'hot' }).hot).toBe(0.5);
    expect(read({ DURATION: '1h2m3s' }).duration_s).toBe(3_723);
  });

  it('knows workloads apart and the keys of both roles', () => {
    const { servers } = read({ BASE_URL: 'http://a/', INGEST_URL: 'http://ingest', KAISEKI_API_KEYS: 'read:r1, ingest:i1,read:r2' });
    expect(servers).toEqual({ ingest: 'http://ingest', summary: 'http://a', live: 'http://a', keys: { ingest: 'i1', read: 'r1' } });
  });

  it.each([
    [{ RATE: '1.5' }, 'RATE is "1.5" but must be a whole number from 0 to 1000000'],
    [{ HOT: '1.1' }, 'HOT is "1.1" but must be a number from 0 to 1'],
    [{ DURATION: '10' }, 'DURATION is "10" but must be a duration such as 90s, 5m or 1h30m, longer than nothing'],
    [{ DURATION: '0s' }, 'DURATION is "0s"'],
    [{ PROFILE: 'fast' }, 'PROFILE is "fast" but must be one of replay, steady, ramp, spike, soak, hot'],
    [{ BASE_URL: 'localhost:8080' }, 'BASE_URL is "localhost:8080" but must be an address such as'],
    [{ RATE: '0' }, 'RATE=0, as fast as they are taken, goes with PROFILE=replay only'],
    [{ ORDERS: '10' }, 'ORDERS goes with PROFILE=replay; steady takes DURATION'],
    [{ PROFILE: 'replay', DURATION: '10s' }, 'replay takes ORDERS'],
    [{ DAYS: '2' }, 'DAYS goes with PROFILE=replay only'],
    [{ KAISEKI_API_KEYS: 'nobody:secret' }, 'KAISEKI_API_KEYS must be keys with their roles'],
  ])('%j is refused with its reason', (environment, reason) => {
    expect(() => read(environment)).toThrow(reason);
  });

  it('names every mistake at once, and no key', () => {
    expect(() => read({ RATE: 'x', USERS: '0', KAISEKI_API_KEYS: 'nobody:secret' })).toThrow(/KAISEKI_API_KEYS[\s\S]*RATE[\s\S]*USERS/);
    expect(() => read({ KAISEKI_API_KEYS: 'nobody:secret' })).not.toThrow(/secret/);
  });
});

describe('profiles', () => {
  it('send batches as often as the rate of orders asks', () => {
    expect(scenarioOf(read({ RATE: '500', BATCH: '50' }))).toMatchObject({ rate: 500, timeUnit: '50s', duration: '60s' });
    const replay = read({ PROFILE: 'replay', ORDERS: '101', BATCH: '50', RATE: '100' });
    expect(scenarioOf(replay)).toMatchObject({ executor: 'shared-iterations', iterations: 3 });
    expect([0, 1, 2].map((index) => due_ms(replay, index))).toEqual([0, 500, 1_000]);
    expect(due_ms(read({ PROFILE: 'replay', RATE: '0' }), 9)).toBe(0);
  });

  it.each(PROFILES.filter((profile) => profile === 'ramp' || profile === 'spike'))('%s takes as long as it is told', (PROFILE) => {
    const scenario = scenarioOf(read({ PROFILE, DURATION: '50s', RATE: '100' }));
    if (scenario.executor !== 'ramping-arrival-rate') throw new Error(`${PROFILE} does not ramp`);
    const duration_ms = scenario.stages.reduce((sum, { duration }) => sum + Number.parseInt(duration, 10), 0);
    expect(duration_ms).toBe(50_000);
    expect(Math.max(...scenario.stages.map(({ target }) => target))).toBe(PROFILE === 'spike' ? 1_000 : 100);
  });
});
