import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, openPage } from './browser.testing.ts';
import { type Program, startProgram } from './program.testing.ts';

const WAIT = { timeout: 30_000, interval: 50 };

let program: Program;
let browser: Browser;

beforeAll(async () => {
  [program, browser] = await Promise.all([startProgram({ KAISEKI_BASE_PATH: '/kaiseki' }), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await program?.remove();
});

it('every page works under the path of a proxy, and leads nowhere else', async () => {
  const asked = new Set<string>();
  const { page, complaints } = await openPage(browser, `${program.address}/`);
  page.on('request', (request) => asked.add(new URL(request.url()).pathname));
  page.on('websocket', (socket) => asked.add(new URL(socket.url()).pathname));
  const links = await page.locator('main a').evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
  expect(links.length).toBeGreaterThan(2);
  for (const link of links) await page.goto(link, { waitUntil: 'networkidle' });
  await page.goto(`${program.address}/snack.html`);
  await page.getByRole('button', { name: 'Buy Mushroom' }).click();
  await page.getByText('Mushroom: ordered.').waitFor();
  await expect.poll(() => asked.has('/kaiseki/live') && asked.has('/kaiseki/api/log'), WAIT).toBe(true);
  expect([...asked].filter((path) => !path.startsWith('/kaiseki/'))).toEqual([]);
  expect(complaints).toEqual([]);
  await page.context().close();
});
