import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '#platform/clock/clock.ts';
import { createMetrics } from '#platform/metrics/metrics.ts';
import type { ShardState, Tables } from '#platform/tables/tables.ts';
import { createCounter } from '../counter/counter.ts';
import { createIngest } from '../ingest/ingest.ts';
import { ordered, portOf, runOrders } from '../orders.testing.ts';
import { createSummary } from './summary.ts';
import { TotalsReader } from './totals.ts';

const create = [createIngest, createCounter, createSummary];
const order = { user_id: 'u1', timestamp: '2025-05-30T12:00:00Z', menu_type: 'washoku' };

describe('GET /api/totals', () => {
  it('has the totals of all time, with people, and of a day of the time zone', async () => {
    const running = await runOrders({ create });
    await ordered(running, [
      order,
      { ...order, user_id: 'u2', menu_type: 'yoshoku', timestamp: '2025-05-30T14:59:59Z' },
      { ...order, user_id: 'u2', menu_type: 'yoshoku', timestamp: '2025-05-30T15:00:00Z' },
    ]);
    const total = (segment: string, orders: number, ratio: number) => ({ segment, orders, ratio });
    expect((await running.get('/api/totals')).json).toEqual({
      dimension: 'cuisine',
      period: 'all',
      orders: 3,
      totals: [
        { ...total('washoku', 1, 1 / 3), users: 1 },
        { ...total('yoshoku', 2, 2 / 3), users: 1 },
      ],
    });
    expect((await running.get('/api/totals?period=2025-05-30')).json).toMatchObject({
      orders: 2,
      totals: [total('washoku', 1, 0.5), total('yoshoku', 1, 0.5)],
    });
    expect((await running.get('/api/totals?period=2025-05-31')).json).toMatchObject({
      orders: 1,
      totals: [total('washoku', 0, 0), total('yoshoku', 1, 1)],
    });
    expect((await running.get('/api/totals?period=2025-05-30')).text).not.toContain('users');
    expect((await running.get('/api/totals?dimension=snack')).json).toMatchObject({
      orders: 0,
      totals: [total('kinoko', 0, 0), total('takenoko', 0, 0)],
    });
  });

  it('refuses what is no dimension and no day', async () => {
    const running = await runOrders({ create: [createSummary] });
    for (const query of ['dimension=drinks', 'period=today', 'period=2025-02-29', 'period=', 'period=2025-05-30T00:00:00Z']) {
      expect((await running.get(`/api/totals?${query}`)).status, query).toBe(422);
    }
    for (const period of ['yesterday', '2025-02-29', '']) {
      expect((await running.get(`/api/totals?period=${period}`)).json, period).toMatchObject({
        errors: [{ field: 'period', problem: 'must be all or a day such as 2025-05-30' }],
      });
    }
    expect((await running.get('/api/totals?colour=red')).json).toMatchObject({
      errors: [{ field: 'colour', problem: 'is not known here; there are dimension, period' }],
    });
  });

  it('reads the shards once for all who ask at a moment, and again after it', async () => {
    let now_ms = 0;
    let reads = 0;
    const clock: Clock = { ...systemClock, monotonic_ms: () => now_ms };
    const counting = (tables: Tables): Tables => ({
      ...portOf(tables),
      readShard(shard, periods, consistency) {
        if (periods.length > 0) {
          reads++;
          now_ms = Math.max(now_ms, 10);
        }
        return tables.readShard(shard, periods, consistency);
      },
    });
    const running = await runOrders({ create: [createSummary], clock, tables: counting });
    await Promise.all(Array.from({ length: 30 }, () => running.get('/api/totals')));
    expect(reads).toBe(12);
    now_ms = 24;
    await running.get('/api/totals?dimension=snack');
    expect(reads).toBe(12);
    await running.get('/api/totals?period=2025-05-30');
    expect(reads).toBe(24);
    now_ms = 26;
    await running.get('/api/totals');
    expect(reads).toBe(36);
    const metrics = await running.platform.metrics.render();
    expect(metrics).toContain('kaiseki_cache_hits_total{cache="totals"} 30');
    expect(metrics).toContain('kaiseki_cache_misses_total{cache="totals"} 3');
  });
});

it('reads the shards once at a time, however long that takes', async () => {
  let now_ms = 0;
  const asked: PromiseWithResolvers<ShardState>[] = [];
  const readShard = () => {
    asked.push(Promise.withResolvers());
    return asked.at(-1)!.promise;
  };
  const clock: Clock = { ...systemClock, monotonic_ms: () => now_ms };
  const reader = new TotalsReader({ tables: { readShard }, shards: 2, clock, metrics: createMetrics() });
  const first = reader.read('all');
  now_ms = 1_000;
  const second = reader.read('all');
  expect(asked).toHaveLength(2);
  for (const { resolve } of asked) resolve({ epoch: 1, nextOffset: 0, fingerprint: null, totals: [] });
  expect(await second).toBe(await first);
  void reader.read('all');
  expect(asked).toHaveLength(4);
});
