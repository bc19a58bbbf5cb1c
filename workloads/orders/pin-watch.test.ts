import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ManualClock } from '#platform/clock/manual-clock.testing.ts';
import { ask, serve } from '#platform/http/http.testing.ts';
import type { Platform } from '../workload.ts';
import { createCounter } from './counter/counter.ts';
import { createIngest } from './ingest/ingest.ts';
import { DEFAULT_MENU, Menu } from './menu.ts';
import { ordered, runOrders, until } from './orders.testing.ts';
import { type PinnedSettings, pinOrders } from './pin.ts';
import { PinWatch } from './pin-watch.ts';
import { createSummary } from './summary/summary.ts';

const settings: PinnedSettings = { menu: new Menu(DEFAULT_MENU), layout: { shards: 3, buckets: 12 }, timeZone: 'Asia/Tokyo' };
const otherBuckets: PinnedSettings = { ...settings, layout: { shards: 3, buckets: 6 } };

function fingerprintOf(pinned: PinnedSettings): string {
  const pinning = pinOrders(pinned, null, 0);
  if (!pinning.ok) throw new Error(pinning.problem);
  return pinning.fingerprint;
}

/** A menu of dimensions with these menu types. */
function menuOf(dimensions: Readonly<Record<string, readonly [string, ...string[]]>>): Menu {
  const labels = { en: 'A name' };
  return new Menu({
    dimensions: Object.entries(dimensions).map(([name, names]) => ({
      name,
      labels,
      menu_types: names.map((menuType) => ({ name: menuType, labels, color: '#000000' })),
    })),
  });
}

/** A watch over shards whose pins are set by hand; null: never claimed. */
function stage() {
  const clock = new ManualClock();
  const pins: (string | null)[] = [null, null, null];
  const lines: { level: number; msg: string }[] = [];
  let looks = 0;
  const silent = new Set<number>();
  const watch = new PinWatch({
    workload: 'summary',
    settings,
    clock,
    logger: pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) }),
    tables: {
      async readShard({ shard }) {
        if (shard === 0) looks++;
        if (silent.has(shard)) throw new Error('no quorum answers');
        return { epoch: 1, nextOffset: 0, fingerprint: pins[shard] ?? null, totals: [] };
      },
    },
  });
  onTestFinished(() => watch.stop());
  return {
    watch,
    pins,
    lines,
    /** The shards that do not answer from now on. */
    silence(...shards: readonly number[]) {
      silent.clear();
      for (const shard of shards) silent.add(shard);
    },
    /** Lets time pass until the watch has looked again, and has gone to sleep. */
    async lookAgain() {
      const before = looks;
      await until(async () => clock.sleeping === 1);
      clock.advance(5_000);
      await until(async () => looks > before && clock.sleeping === 1);
    },
  };
}

describe('PinWatch', () => {
  it('lets everything be answered while no shard was ever claimed, and says nothing', async () => {
    const { watch, lines, lookAgain } = stage();
    await watch.start();
    await lookAgain();
    expect(watch.readiness()).toEqual({ name: 'summary', ready: true });
    watch.mustFit();
    expect(lines).toEqual([]);
  });

  it('refuses from the look after a claim under other settings, says so once, and recovers', async () => {
    const { watch, pins, lines, lookAgain } = stage();
    await watch.start();
    pins[2] = fingerprintOf(otherBuckets);
    await lookAgain();
    await lookAgain();
    const reason = expect.stringMatching(
      /^Shard 2 .*number of buckets \(KAISEKI_BUCKETS\) is pinned to 6, but 12 is configured; set it back/,
    );
    expect(watch.readiness()).toEqual({ name: 'summary', ready: false, reason });
    expect(watch.fits).toBe(false);
    expect(() => watch.mustFit()).toThrow(expect.objectContaining({ status: 503, kind: 'misconfigured', message: reason }));
    expect(lines).toEqual([expect.objectContaining({ level: 50, msg: reason })]);
    pins[2] = fingerprintOf(settings);
    await lookAgain();
    watch.mustFit();
    expect(watch.readiness().ready).toBe(true);
    expect(lines.map(({ level }) => level)).toEqual([50, 30]);
  });

  it('refuses where any shard differs, and names the first that does', async () => {
    const { watch, pins, lookAgain } = stage();
    pins[0] = fingerprintOf(settings);
    pins[1] = fingerprintOf(otherBuckets);
    await watch.start();
    expect(watch.readiness()).toMatchObject({ ready: false, reason: expect.stringMatching(/^Shard 1 .*KAISEKI_BUCKETS/) });
    pins[0] = fingerprintOf({ ...settings, timeZone: 'UTC' });
    await lookAgain();
    expect(watch.readiness()).toMatchObject({ ready: false, reason: expect.stringMatching(/^Shard 0 .*KAISEKI_TIME_ZONE/) });
    pins[0] = pins[1] = fingerprintOf(settings);
    await lookAgain();
    expect(watch.fits).toBe(true);
  });

  it('knows nothing before the tables have answered, and keeps what it knew while they do not', async () => {
    const { watch, pins, silence, lines, lookAgain } = stage();
    silence(0, 1, 2);
    await watch.start();
    expect(() => watch.mustFit()).toThrow(expect.objectContaining({ status: 503, kind: 'unavailable' }));
    silence();
    await lookAgain();
    watch.mustFit();
    pins[0] = fingerprintOf(otherBuckets);
    await lookAgain();
    silence(0, 1, 2);
    await lookAgain();
    expect(watch.fits).toBe(false);
    expect(lines).toHaveLength(1);
  });

  it('judges the shards that answer, and takes back no refusal while one is silent', async () => {
    const { watch, pins, silence, lookAgain } = stage();
    silence(0);
    await watch.start();
    expect(watch.fits).toBe(true);
    pins[1] = fingerprintOf(otherBuckets);
    await lookAgain();
    expect(watch.readiness()).toMatchObject({ ready: false, reason: expect.stringMatching(/^Shard 1 /) });
    silence(1);
    await lookAgain();
    expect(watch.fits).toBe(false);
    pins[1] = fingerprintOf(settings);
    silence();
    await lookAgain();
    expect(watch.fits).toBe(true);
  });

  it('goes on while a menu type is added, whoever knows it first; a moved one is refused', async () => {
    const fits = async (counted: Menu) => {
      const { watch, pins } = stage();
      pins[0] = fingerprintOf({ ...settings, menu: counted });
      await watch.start();
      return watch.fits;
    };
    const snack = ['kinoko', 'takenoko'] as const;
    expect(await fits(menuOf({ cuisine: ['washoku', 'yoshoku', 'chuka'], snack }))).toBe(true);
    expect(await fits(menuOf({ cuisine: ['washoku'], snack }))).toBe(true);
    expect(await fits(menuOf({ cuisine: ['washoku', 'kinoko'], snack: ['takenoko'] }))).toBe(false);
  });
});

describe('summary under other settings than those of the counter', () => {
  const order = { user_id: 'u1', timestamp: '2025-05-30T12:00:00Z', menu_type: 'washoku' };
  const paths = ['/api/menu', '/api/segments', '/api/segments/washoku/users', '/api/totals', '/api/users/u1', '/api/summaries'];

  /** A summary of its own beside what runs. */
  async function summaryWith(platform: Platform, change: Partial<PinnedSettings>) {
    const summary = createSummary({ ...platform, settings: { ...platform.settings, orders: { ...platform.settings.orders, ...change } } });
    const { url, http } = await serve(summary.routes, { metrics: platform.metrics });
    await summary.start(http.server);
    onTestFinished(() => summary.stop());
    return { summary, get: (path: string) => ask(url, summary.routes, path) };
  }

  it('answers nothing, and names the setting with both values', async () => {
    const { platform, ...running } = await runOrders({ create: [createIngest, createCounter] });
    await ordered({ platform, ...running }, [order]);
    const changes: [Partial<PinnedSettings>, RegExp][] = [
      [{ layout: { shards: 12, buckets: 120 } }, /KAISEKI_BUCKETS\) is pinned to 240, but 120 is configured; set it back/],
      [{ layout: { shards: 6, buckets: 240 } }, /KAISEKI_SHARDS\) is pinned to 12, but 6 is configured; set it back/],
      [{ layout: { shards: 24, buckets: 240 } }, /KAISEKI_SHARDS\) is pinned to 12, but 24 is configured; set it back/],
      [{ timeZone: 'UTC' }, /KAISEKI_TIME_ZONE\) is pinned to Asia\/Tokyo, but UTC is configured; set it back/],
    ];
    for (const [change, detail] of changes) {
      const { summary, get } = await summaryWith(platform, change);
      for (const path of paths)
        expect(await get(path), path).toMatchObject({ status: 503, json: { detail: expect.stringMatching(detail) } });
      expect(summary.readiness()).toEqual([{ name: 'summary', ready: false, reason: expect.stringMatching(detail) }]);
    }
  });

  it('answers under the same ones, and of an empty generation', async () => {
    const { platform, ...running } = await runOrders({ create: [createIngest, createCounter] });
    await ordered({ platform, ...running }, [order]);
    const { summary, get } = await summaryWith(platform, {});
    for (const path of paths) expect((await get(path)).status, path).toBe(200);
    expect(summary.readiness()).toEqual([{ name: 'summary', ready: true }]);
    const empty = await runOrders({ create: [createSummary] });
    expect((await empty.get('/api/segments')).status).toBe(200);
  });
});
