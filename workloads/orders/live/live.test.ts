import { describe, expect, it, onTestFinished } from 'vitest';
import { type Clock, systemClock } from '#platform/clock/clock.ts';
import { encodePublishedTotals } from '#platform/fold/published-totals.ts';
import { serve } from '#platform/http/http.testing.ts';
import type { Platform } from '../../workload.ts';
import { createCounter } from '../counter/counter.ts';
import { createIngest } from '../ingest/ingest.ts';
import { ordered, portOf, runOrders, until } from '../orders.testing.ts';
import { ORDERS_FOLD } from '../orders-fold.ts';
import { SEGMENT_TOTALS } from '../topics.ts';
import { refusal, view, whenLive } from './live.testing.ts';
import { createLive } from './live.ts';
import { ROUND_MS } from './live-hub.ts';

const order = (user: number, menu_type = 'kinoko') => ({
  order_id: `${user}-${menu_type}`,
  user_id: `u${user}`,
  timestamp: new Date(systemClock.now_ms()).toISOString(),
  menu_type,
});
const orders = (count: number, from = 0) => Array.from({ length: count }, (_, index) => order(from + index));

/** Another instance of the workload, on a server of its own. */
async function startLive(platform: Platform) {
  const live = createLive(platform);
  const { url, http } = await serve(live.routes, { metrics: platform.metrics });
  await live.start(http.server);
  onTestFinished(() => live.stop());
  await until(async () => live.readiness().every(({ ready }) => ready));
  return { url, live };
}

describe('live', () => {
  it('shows an order that is sent over HTTP to everybody: orders, people and today', async () => {
    const running = await runOrders({ create: [createIngest, createCounter, createLive] });
    await whenLive(running.url);
    const viewers = await Promise.all([view(running.url, 'snack'), view(running.url, 'snack'), view(running.url, 'cuisine')]);
    await running.post('/api/log', JSON.stringify(order(1)));
    const [first, second, other] = viewers;
    await until(async () => first.orders('kinoko') === 1 && second.orders('kinoko') === 1);
    expect(first.users('kinoko')).toBe(1);
    await until(async () => first.heard.some(({ today }) => today.some(({ segment, orders }) => segment === 'kinoko' && orders === 1)));
    expect(other.heard).toHaveLength(1);
    const metrics = await running.platform.metrics.render();
    expect(metrics).toContain('kaiseki_segment_orders{dimension="snack",segment="kinoko"} 1');
    expect(metrics).toContain('kaiseki_segment_users{dimension="snack",segment="takenoko"} 0');
  });

  it('sends no more messages than rounds, however many orders come', async () => {
    const running = await runOrders({ create: [createIngest, createCounter, createLive] });
    await whenLive(running.url);
    const started_ms = systemClock.monotonic_ms();
    const viewer = await view(running.url, 'snack');
    for (let batch = 0; batch < 20; batch++) await running.batch(orders(100, batch * 100));
    await until(async () => viewer.orders('kinoko') === 2_000);
    const rounds = (systemClock.monotonic_ms() - started_ms) / ROUND_MS;
    expect(viewer.heard.length).toBeLessThanOrEqual(rounds + 2);
    const sequences = viewer.heard.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, index) => (sequences[0] ?? 0) + index));
  });

  it('starts from the tables when it starts late, and goes on from there', async () => {
    const running = await runOrders({ create: [createIngest, createCounter] });
    await ordered(running, orders(40));
    const { url } = await startLive(running.platform);
    const viewer = await view(url, 'snack');
    expect(viewer.orders('kinoko')).toBe(40);
    await ordered(running, orders(5, 40));
    await until(async () => viewer.orders('kinoko') === 45);
    expect(viewer.users('kinoko')).toBe(45);
  });

  it('reads the tables once; after that it is told, and measures how late', async () => {
    const { platform, ...running } = await runOrders({ create: [createIngest, createCounter] });
    const { tables } = platform;
    let reads = 0;
    const readShard: typeof tables.readShard = (...asked) => {
      const [, periods] = asked;
      if (periods.length > 0) reads++;
      return tables.readShard(...asked);
    };
    const { url } = await startLive({ ...platform, tables: { ...portOf(tables), readShard } });
    expect(reads).toBe(platform.settings.orders.layout.shards);
    const viewer = await view(url, 'snack');
    for (const user of [1, 2, 3]) {
      await running.batch([order(user)]);
      await until(async () => viewer.orders('kinoko') === user);
    }
    expect(reads).toBe(platform.settings.orders.layout.shards);
    const { values } = await platform.metrics.orders.live.push.get();
    expect(values.find(({ metricName }) => metricName === 'kaiseki_live_push_seconds_count')?.value).toBeGreaterThanOrEqual(3);
  });

  it('is the same after a restart, under another name of the stream', async () => {
    const running = await runOrders({ create: [createIngest, createCounter] });
    const former = await startLive(running.platform);
    const before = await view(former.url, 'snack');
    await ordered(running, orders(7));
    await until(async () => before.orders('kinoko') === 7);
    await former.live.stop();
    await until(async () => before.closed !== undefined);
    expect(before.closed).toBe(1012);
    await ordered(running, orders(2, 7));
    const later = await startLive(running.platform);
    const after = await view(later.url, 'snack');
    expect(after.orders('kinoko')).toBe(9);
    expect(after.heard[0]?.stream).not.toBe(before.heard[0]?.stream);
  });

  it('believes nobody who publishes late, and nothing that is no publication', async () => {
    const running = await runOrders({ create: [createIngest, createCounter], environment: { KAISEKI_SHARDS: '1', KAISEKI_BUCKETS: '20' } });
    await ordered(running, orders(10));
    const { url } = await startLive(running.platform);
    const viewer = await view(url, 'snack');
    const late = (nextOffset: number, fold = ORDERS_FOLD) =>
      encodePublishedTotals({ fold, shard: 0, nextOffset, totals: [{ period: 'all', name: 'kinoko', figures: { orders: 3, users: 3 } }] });
    const values = [late(3), 'no publication', late(1_000, 'another-fold')];
    await running.platform.log.append(
      SEGMENT_TOTALS,
      values.map((value) => ({ key: '0', value, timestamp_ms: systemClock.now_ms() })),
    );
    await ordered(running, orders(1, 10));
    await until(async () => viewer.orders('kinoko') === 11);
    const shown = viewer.heard.flatMap(({ all }) => all.filter(({ segment }) => segment === 'kinoko').map(({ orders }) => orders));
    expect(new Set(shown)).toEqual(new Set([10, 11]));
  });

  it('shows nothing from the moment at which the first shard is claimed under other settings', async () => {
    // Sooner than in life, but for rounds.
    const clock: Clock = { ...systemClock, sleep: (duration_ms, signal) => systemClock.sleep(Math.min(duration_ms, ROUND_MS), signal) };
    const running = await runOrders({ create: [createIngest], clock });
    const { url, live } = await startLive(running.platform);
    const viewer = await view(url, 'snack');
    const { settings } = running.platform;
    const timeZone = 'Europe/Berlin';
    const counter = createCounter({
      ...running.platform,
      clock: systemClock,
      settings: { ...settings, orders: { ...settings.orders, timeZone } },
    });
    await counter.start((await serve(counter.routes)).http.server);
    onTestFinished(() => counter.stop());
    await until(async () => live.readiness().some(({ ready }) => !ready));
    expect(live.readiness()[0]?.reason).toMatch(/KAISEKI_TIME_ZONE\) is pinned to Europe\/Berlin, but Asia\/Tokyo is configured/);
    expect(await refusal(url, 'snack')).toMatchObject({ status: 503, kind: 'misconfigured' });
    await ordered(running, orders(3));
    await systemClock.sleep(5 * ROUND_MS);
    expect(viewer.orders('kinoko')).toBe(0);
    expect(await running.platform.metrics.render()).not.toMatch(/^kaiseki_segment_orders\{.*\} [1-9]/m);
  });

  it('lets nobody in until the tables have answered, and tries until they do', async () => {
    let up = false;
    const running = await runOrders({
      create: [createIngest, createLive],
      tables: (tables) => ({
        ...portOf(tables),
        readShard: (...asked) => (up ? tables.readShard(...asked) : Promise.reject(new Error('the tables are away'))),
      }),
    });
    const stream = `${running.url}/live/stream?dimension=snack`;
    expect((await fetch(stream)).status).toBe(503);
    up = true;
    await whenLive(running.url);
    await view(running.url, 'snack');
  });
});
