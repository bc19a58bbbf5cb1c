import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { expectRecount, recountRecord } from './orders/recount.testing.ts';
import { addressOf, startKaiseki, type TestProcess } from './processes.testing.ts';

/** Processes start slowly on a machine that is busy with other tests. */
vi.setConfig({ testTimeout: 300_000 });

/** Addresses at which nobody listens. */
const NO_LOG = { KAFKA_BROKERS: '127.0.0.1:1' };
const NO_TABLES = { CASSANDRA_CONTACT_POINTS: '127.0.0.1:1' };

/** Settings of a data directory of its own. */
async function ownSettings(): Promise<Record<string, string>> {
  const directory = mkdtempSync(join(tmpdir(), 'kaiseki-process-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return { KAISEKI_DATA_DIR: directory, KAISEKI_PORT: String(await freePort()), KAISEKI_SHARDS: '4', KAISEKI_BUCKETS: '16' };
}

/** A port that nobody listens on now; one that stays the same lets a client find a process that was started again. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function start(args: readonly string[], settings: Record<string, string>): TestProcess {
  const running = startKaiseki(args, settings);
  onTestFinished(async () => {
    running.kill('SIGKILL');
    await running.ended();
  });
  return running;
}

/** What `/readyz` answers: its status, and which of its checks passed. */
async function readinessOf(url: string): Promise<{ status: number; checks: Record<string, boolean> }> {
  const answer = await fetch(`${url}/readyz`);
  const { checks }: { checks: { name: string; ready: boolean }[] } = JSON.parse(await answer.text());
  return { status: answer.status, checks: Object.fromEntries(checks.map((check) => [check.name, check.ready])) };
}

/** Resolves when every workload has started. */
async function untilReady(running: TestProcess): Promise<string> {
  const url = await addressOf(running);
  while (!(await fetch(`${url}/readyz`)).ok) await systemClock.sleep(50);
  return url;
}

/** Posts one order; the status of the answer, or undefined where none came. */
async function postOrder(url: string, number: number): Promise<number | undefined> {
  const order = { order_id: `o${number}`, user_id: `u${number % 50}`, timestamp: '2026-11-20T03:00:00Z', menu_type: 'washoku' };
  try {
    const answer = await fetch(`${url}/api/log`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(order),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return undefined;
  }
}

async function ordersOf(url: string): Promise<number> {
  const totals: { orders: number } = JSON.parse(await (await fetch(`${url}/api/totals?dimension=cuisine`)).text());
  return totals.orders;
}

async function untilCounted(url: string, orders: number): Promise<void> {
  while ((await ordersOf(url)) < orders) await systemClock.sleep(100);
}

describe('kaiseki all', () => {
  it('counts each order of a replay once, though it is killed with kill -9 twice meanwhile, and keeps it over a restart', async () => {
    const settings = await ownSettings();
    const record = join(settings.KAISEKI_DATA_DIR ?? '', 'sent.ndjson');
    let kaiseki = start(['all'], settings);
    const url = await untilReady(kaiseki);
    const stream = [
      '--orders',
      '3000',
      '--rate',
      '1000',
      '--batch',
      '20',
      '--users',
      '200',
      '--hot',
      '0.2',
      '--duplicates',
      '0.05',
      '--days',
      '3',
    ];
    const replay = start(['replay', '--url', url, ...stream, '--seed', '3', '--record', record, '--json'], settings);
    for (const orders of [200, 1_000]) {
      await untilCounted(url, orders / 2);
      kaiseki.kill('SIGKILL');
      await kaiseki.ended();
      kaiseki = start(['all'], settings);
      await untilReady(kaiseki);
    }
    expect(await replay.ended(), replay.output.join('\n')).toBe(0);
    const recount = recountRecord(record, 'Asia/Tokyo');
    expect(recount.total).toBe(3_000);
    await expectRecount(url, recount, 30_000);

    kaiseki.kill('SIGTERM');
    expect(await kaiseki.ended()).toBe(0);
    const again = start(['all'], settings);
    await untilReady(again);
    await expectRecount(url, recount, 30_000);
  });

  it('finishes what it has accepted when it is asked to stop under load, and exits with 0', async () => {
    const settings = await ownSettings();
    const kaiseki = start(['all'], settings);
    const url = await untilReady(kaiseki);
    let accepted = 0;
    let number = 0;
    const clients = Array.from({ length: 8 }, async () => {
      for (;;) {
        const status = await postOrder(url, number++);
        if (status === undefined) return;
        if (status === 202) accepted += 1;
      }
    });
    await untilCounted(url, 50);
    kaiseki.kill('SIGTERM');
    expect(await kaiseki.ended(), kaiseki.output.join('\n')).toBe(0);
    await Promise.all(clients);
    await untilReady(start(['all'], settings));
    await untilCounted(url, accepted);
    expect(await ordersOf(url)).toBe(accepted);
  });

  it('counts under a path of a proxy too, and stops as it should when its terminal goes away', async () => {
    const settings = { ...(await ownSettings()), KAISEKI_BASE_PATH: '/kaiseki' };
    const kaiseki = start(['all'], settings);
    const url = await untilReady(kaiseki);
    expect(new URL(url).pathname).toBe('/kaiseki');
    const replay = start(['replay', '--url', url, '--orders', '20', '--rate', '0'], settings);
    expect(await replay.ended(), replay.output.join('\n')).toBe(0);
    await untilCounted(url, 1);
    kaiseki.kill('SIGHUP');
    expect(await kaiseki.ended(), kaiseki.output.join('\n')).toBe(0);
  });

  it('exits with 1 at once when it is asked twice', async () => {
    const settings = await ownSettings();
    const kaiseki = start(['all'], settings);
    const url = await untilReady(kaiseki);
    // A body that never ends keeps the first stop waiting.
    const unfinished = request(`${url}/api/log`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Length': 100 },
    });
    unfinished.on('error', () => undefined);
    unfinished.write('{');
    while (!(await (await fetch(`${url}/metrics`)).text()).includes('kaiseki_http_requests_in_flight 2')) await systemClock.sleep(20);
    kaiseki.kill('SIGTERM');
    await kaiseki.line((line) => line.includes('stopping'));
    kaiseki.kill('SIGTERM');
    expect(await kaiseki.ended()).toBe(1);
  });
});

describe('a process whose log does not answer', () => {
  it('lives, says so, takes no order, and stops when asked', async () => {
    const settings = { ...(await ownSettings()), ...NO_LOG };
    const kaiseki = start(['ingest', 'counter'], settings);
    const url = await addressOf(kaiseki);
    await kaiseki.line((line) => line.includes('waiting for the log'));
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect(await readinessOf(url)).toEqual({ status: 503, checks: { process: false, log: false, tables: true } });
    expect(await postOrder(url, 1)).toBe(503);
    kaiseki.kill('SIGTERM');
    expect(await kaiseki.ended(), kaiseki.output.join('\n')).toBe(0);
  });
});

describe('a process of which only a part answers', () => {
  it('takes orders with the log alone: ingest does not wait for the tables', async () => {
    const url = await untilReady(start(['ingest'], { ...(await ownSettings()), ...NO_TABLES }));
    expect(await readinessOf(url)).toEqual({ status: 200, checks: { ingest: true, log: true } });
    expect(await postOrder(url, 1)).toBe(202);
  });

  it('answers questions with the tables alone: summary does not wait for the log', async () => {
    const url = await untilReady(start(['summary'], { ...(await ownSettings()), ...NO_LOG }));
    expect(await readinessOf(url)).toEqual({ status: 200, checks: { summary: true, tables: true } });
    expect(await ordersOf(url)).toBe(0);
  });

  it.each([
    { port: 'log', away: NO_LOG },
    { port: 'tables', away: NO_TABLES },
  ])('waits for either port with a counter, which needs both, and says for which: $port', async ({ port, away }) => {
    const kaiseki = start(['counter'], { ...(await ownSettings()), ...away });
    await kaiseki.line((line) => line.includes(`waiting for the ${port}`));
    const checks = { process: false, log: port !== 'log', tables: port !== 'tables' };
    expect(await readinessOf(await addressOf(kaiseki))).toEqual({ status: 503, checks });
  });
});
