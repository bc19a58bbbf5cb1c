import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { budgetLimits } from '#platform/config/folds.ts';
import { FoldBudget } from '#platform/fold/budget.ts';
import { type JsonObject, openApiPath } from '#platform/http/openapi.ts';
import { openLog, openTables } from './adapters.ts';
import { WORKLOAD_NAMES, WORKLOADS } from './catalogue.ts';
import { createProgramMetrics } from './metrics.ts';
import { startProcess } from './process.ts';
import { loadSettings } from './settings.ts';

const logger = pino({ level: 'silent' });

/** A process of every workload. */
async function startAll(environment: Readonly<Record<string, string>> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'kaiseki-api-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const settings = loadSettings({ KAISEKI_DATA_DIR: directory, KAISEKI_PORT: '0', ...environment });
  const running = await startProcess({ settings, workloads: WORKLOAD_NAMES, clock: systemClock, logger });
  onTestFinished(() => running.stop());
  await running.started;
  return { settings, running };
}

/** A process of every workload, and what its routes are. */
async function given() {
  const { settings, running } = await startAll();
  const log = await openLog(settings, systemClock, logger);
  onTestFinished(() => log.close());
  const tables = await openTables(settings);
  onTestFinished(() => tables.close());
  const platform = {
    settings,
    log,
    tables,
    budget: new FoldBudget(budgetLimits(settings.folds, 'embedded')),
    clock: systemClock,
    metrics: createProgramMetrics(),
    logger,
  };
  const workloads = await Promise.all(WORKLOAD_NAMES.map((name) => WORKLOADS[name].create(platform)));
  const response = await fetch(`${running.address}/openapi.json`);
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, JsonObject>> };
  return { address: running.address, routes: workloads.flatMap(({ routes }) => routes), paths };
}

it('every route of every workload is in the OpenAPI document, and everything in it is served', async () => {
  const { address, routes, paths } = await given();
  const documented = Object.entries(paths).flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method} ${path}`));
  const served = routes.map(({ method, path }) => `${method} ${openApiPath(path)}`);
  expect(served).toContain('post /api/log');
  // What one comes for is shown first.
  expect(documented[0]).toBe('post /api/log');
  expect(documented.indexOf('get /api/hot')).toBeGreaterThan(documented.indexOf('get /api/totals'));
  expect(served).toContain('get /api/segments/{segment}/users');
  const process = ['get /livez', 'get /readyz', 'get /metrics', 'get /openapi.json', 'get /docs', 'get /docs/{file}'];
  expect(documented.toSorted()).toEqual([...served, ...process].toSorted());
  for (const operation of documented) {
    const [method = '', path = ''] = operation.split(' ');
    // Each part is a word or a parameter as a whole: a path is matched in one walk, whatever stands in it.
    expect(path).toMatch(/^(\/(\{\w+\}|[\w.-]+))+$/);
    const response = await fetch(address + path.replace(/\{\w+\}/g, 'x'), { method, signal: AbortSignal.timeout(10_000) });
    const text = response.headers.get('content-type')?.startsWith('text/event-stream') ? '' : await response.text();
    expect(text, operation).not.toContain('There is nothing at');
    await response.body?.cancel().catch(() => undefined);
  }
});

it('the API says what is on the running menu', async () => {
  const { settings, running } = await startAll();
  const document: { components: { schemas: Record<string, { properties: Record<string, JsonObject>; examples: unknown }> } } = JSON.parse(
    await (await fetch(`${running.address}/openapi.json`)).text(),
  );
  const { Order } = document.components.schemas;
  expect(Order?.properties.menu_type).toMatchObject({ enum: settings.orders.menu.menuTypes });
  expect(Order?.examples).toHaveLength(1);
});

it('nothing that a key protects is shown without one, but metrics on their own port', async () => {
  const { running } = await startAll({ KAISEKI_API_KEYS: 'read:read-key-0123456789', KAISEKI_METRICS_PORT: '0' });
  const { paths }: { paths: Record<string, Record<string, JsonObject>> } = JSON.parse(
    await (await fetch(`${running.address}/openapi.json`)).text(),
  );
  const open = Object.entries(paths).filter(([, operations]) => Object.values(operations).some((one) => one.security === undefined));
  // Whoever adds one here has made sure that it tells nothing of orders and users.
  expect(open.map(([path]) => path).toSorted()).toEqual(['/docs', '/docs/{file}', '/livez', '/openapi.json', '/readyz']);
  const metricsOf = async (address: string | undefined, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${address}/metrics`, { headers });
    return { status: answer.status, hasTotals: (await answer.text()).includes('kaiseki_segment_orders') };
  };
  expect(await metricsOf(running.address)).toEqual({ status: 401, hasTotals: false });
  expect(await metricsOf(running.address, { 'x-api-key': 'read-key-0123456789' })).toEqual({ status: 200, hasTotals: true });
  expect(await metricsOf(running.metricsAddress)).toEqual({ status: 200, hasTotals: true });
  expect((await fetch(`${running.metricsAddress}/api/totals`)).status).toBe(404);
});

it('no page reads metrics on their own port, of whatever origin and by whatever name', async () => {
  const shop = 'https://shop.example';
  const { running } = await startAll({
    KAISEKI_API_KEYS: 'read:read-key-0123456789',
    KAISEKI_METRICS_PORT: '0',
    KAISEKI_ORIGINS: shop,
    KAISEKI_ALLOW_ANONYMOUS: 'true',
  });
  const { metricsAddress } = running;
  for (const origin of [shop, 'https://evil.example', `${metricsAddress}`, 'null']) {
    const answer = await fetch(`${metricsAddress}/metrics`, { headers: { origin } });
    expect([answer.status, answer.headers.get('access-control-allow-origin')], origin).toEqual([403, null]);
    expect(await answer.json()).toMatchObject({ type: 'urn:problem-type:kaiseki:forbidden', status: 403 });
  }
  // DNS rebinding: to the browser, the page stays with its own site, and sends no Origin.
  const rebound = get(`${metricsAddress}/metrics`, { headers: { host: 'rebound.example' } });
  const [{ statusCode }] = (await once(rebound, 'response')) as [IncomingMessage];
  rebound.destroy();
  expect(statusCode).toBe(421);
});
