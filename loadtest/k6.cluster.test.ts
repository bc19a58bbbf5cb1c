/** The scripts, run by a real k6 against a real `kaiseki all`. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf, startKaiseki, type TestProcess } from '#workloads/processes.testing.ts';
import { scriptFiles } from '../cdk8s/load-test-scripts.ts';
import { tool } from '../tools/tool.testing.ts';
import { standBetween } from './between.testing.ts';
import { runK6, runScript, SCRIPTS } from './k6.testing.ts';
import type { Report } from './report/report.ts';

const KEYS = `ingest:${'i'.repeat(16)},read:${'r'.repeat(16)}`;
const WRONG_KEYS = `ingest:${'w'.repeat(16)},read:${'r'.repeat(16)}`;
/** The machine of a test may be a slow one: how fast it answers is not asked here. */
const SLOW = { P95_MS: '60000' };
const REPLAY = { PROFILE: 'replay', RATE: '0', VUS: '10', USERS: '200', HOT: '0.2', DUPLICATES: '0.1', ...SLOW };

function broken({ verdicts }: Report): string[] {
  return verdicts.filter(({ ok }) => !ok).map(({ metric }) => metric);
}

const { missing, path: findK6 } = tool('k6');

describe.skipIf(missing !== undefined)(`load tests${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'kaiseki-load-'));
  let k6: string;
  let server: TestProcess;
  let address: string;

  beforeAll(async () => {
    k6 = findK6();
    server = startKaiseki(['all'], { KAISEKI_DATA_DIR: join(directory, 'data'), KAISEKI_PORT: '0', KAISEKI_API_KEYS: KEYS });
    address = await addressOf(server);
  });

  afterAll(async () => {
    server?.kill('SIGTERM');
    await server?.ended();
    rmSync(directory, { recursive: true });
  });

  const run = (script: string, variables: Readonly<Record<string, string>>) =>
    runScript(k6, script, { BASE_URL: address, KAISEKI_API_KEYS: KEYS, ...variables });

  it.each(SCRIPTS)('%s is a script, and stays one as a ConfigMap', async (script) => {
    const mounted = mkdtempSync(join(directory, 'scripts-'));
    for (const { path, text } of scriptFiles(`loadtest/${script}.ts`)) {
      mkdirSync(dirname(join(mounted, path)), { recursive: true });
      writeFileSync(join(mounted, path), text);
    }
    for (const root of [join(import.meta.dirname, '..'), mounted]) {
      const { code, stdout, stderr } = await runK6(k6, ['inspect', join(root, `loadtest/${script}.ts`)], {});
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(Object.keys(JSON.parse(stdout).thresholds).length).toBeGreaterThan(0);
    }
  });

  it('names every wrong setting, and starts nothing', async () => {
    const variables = { RATE: 'fast', HOT: '2', BASE_URL: 'localhost', KAISEKI_API_KEYS: 'admin:secret' };
    const { code, stderr } = await runK6(k6, ['run', join(import.meta.dirname, 'orders.ts')], variables);
    expect(code).not.toBe(0);
    for (const text of ['RATE is', 'HOT is', 'BASE_URL is', 'KAISEKI_API_KEYS must be']) expect(stderr).toContain(text);
    expect(stderr).not.toContain('secret');
  });

  it('a replay is counted, order by order, and says so in every form', async () => {
    const file = join(directory, 'report');
    const { code, report } = await run('orders', { ...REPLAY, ORDERS: '2000', REPORT: file });
    expect({ code, broken: broken(report) }).toEqual({ code: 0, broken: [] });
    expect(report.metrics).toMatchObject({ orders_accepted: { count: 2_000 }, orders_found: { count: 2_000 }, orders_lost: { count: 0 } });
    expect(report.metrics.orders_repeated?.count).toBeGreaterThan(100);
    const totals = await Promise.all(
      ['cuisine', 'snack'].map(async (dimension) => {
        const answer = await fetch(`${address}/api/totals?dimension=${dimension}`, { headers: { 'X-API-Key': 'r'.repeat(16) } });
        return ((await answer.json()) as { orders: number }).orders;
      }),
    );
    expect(totals.reduce((sum, orders) => sum + orders)).toBe(2_000);
    expect(JSON.parse(readFileSync(`${file}.json`, 'utf8'))).toEqual(report);
    const html = readFileSync(`${file}.html`, 'utf8');
    expect(html).toContain('orders, replay: passed');
    expect(html).not.toMatch(/(src|href)=|url\(|@import/);
  });

  it('batches in a steady stream, reads and viewers pass', async () => {
    const short = { DURATION: '3s', ...SLOW };
    const [batch, reads, live] = await Promise.all([
      run('batch', { ...short, RATE: '500', BATCH: '50', DUPLICATES: '0.1' }),
      run('reads', { ...short, RATE: '40' }),
      run('live', { ...short, VIEWERS: '10', DIMENSION: 'snack' }),
    ]);
    for (const { report } of [batch, reads, live]) expect(broken(report)).toEqual([]);
    expect(batch.report.metrics.orders_found?.count).toBeGreaterThan(1_000);
    expect(live.report.metrics.live_messages?.count).toBeGreaterThan(10);
  });

  it('answers that are lost and queues that are full change nothing: orders are sent again under their ids', async () => {
    await using between = await standBetween(address, (number) => (number % 250 === 3 ? 'cut' : number % 250 === 9 ? 'busy' : 'pass'));
    const { report } = await run('orders', { ...REPLAY, ORDERS: '1000', BASE_URL: between.address });
    expect(between.mistreated).toBeGreaterThan(4);
    expect(report.metrics).toMatchObject({
      orders_accepted: { count: 1_000 },
      orders_found: { count: 1_000 },
      orders_lost: { count: 0 },
      orders_unknown: { count: 0 },
    });
    expect(report.metrics.orders_resent?.count).toBeGreaterThanOrEqual(between.mistreated);
  });

  it('fails when an order that got 202 is lost', async () => {
    await using between = await standBetween(address, (number) => (number === 100 ? 'swallow' : 'pass'));
    const { code, report } = await run('orders', { ...REPLAY, ORDERS: '500', DUPLICATES: '0', BASE_URL: between.address, SETTLE: '5s' });
    expect(report.metrics).toMatchObject({ orders_accepted: { count: 500 }, orders_found: { count: 499 }, orders_lost: { count: 1 } });
    expect({ code, broken: broken(report), passed: report.passed }).toEqual({ code: 99, broken: ['orders_lost'], passed: false });
  });

  it('waits for the rows of users after it has waited for the totals, however long that took', async () => {
    // The order that is swallowed uses up the wait for the totals; all users are not there when they are asked for first.
    const users = Number(REPLAY.USERS) + 1;
    await using between = await standBetween(address, (number) => (number === 100 ? 'swallow' : 'pass'), users);
    const { report } = await run('orders', { ...REPLAY, ORDERS: '500', DUPLICATES: '0', BASE_URL: between.address, SETTLE: '3s' });
    expect(report.metrics).toMatchObject({ orders_accepted: { count: 500 }, orders_found: { count: 499 }, orders_lost: { count: 1 } });
  });

  it('fails when orders are refused', async () => {
    const { code, report } = await run('orders', { ...REPLAY, ORDERS: '50', KAISEKI_API_KEYS: WRONG_KEYS, SETTLE: '1s' });
    expect(report.metrics).toMatchObject({ orders_refused: { count: 50 }, orders_found: { count: 0 } });
    expect(code).toBe(99);
    expect(broken(report)).toEqual(expect.arrayContaining(['orders_refused', 'orders_answered_202']));
  });
});
