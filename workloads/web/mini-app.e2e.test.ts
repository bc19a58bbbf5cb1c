import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startIssuer, type TestIssuer } from '#platform/http/issuer.testing.ts';
import { launchBrowser } from './browser.testing.ts';
import { withNullStorage, withoutStorage } from './older-browsers.testing.ts';
import { type Program, startProgram } from './program.testing.ts';

const WAIT = { timeout: 30_000, interval: 50 };
const HOW_TO = join(import.meta.dirname, '../../docs/how-to/line-mini-app.md');
const LIFF_SDK = 'https://static.line-scdn.net/liff/edge/2/sdk.js';
const READ_KEY = 'read-key-0123456789';
const USER = 'U1234567890abcdef1234567890abcdef';
/** As the how-to has it. */
const PAGE_KEY = 'pk_snack-shop-01234567';
/** Of an answer that asks to come again long after the test. */
const BUSY = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'Retry-After', 'Retry-After': '600' };

/** The pages of the how-to, for the server that is tested. */
const pages = { publishable: '', token: '' };
/** A host of its own for the pages: another origin than the server's. */
const shop = createServer((request, response) => {
  const page = request.url === '/token' ? pages.token : pages.publishable;
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
});

let origin: string;
let issuer: TestIssuer;
let browser: Browser;

beforeAll(async () => {
  await once(shop.listen(0, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
  [issuer, browser] = await Promise.all([startIssuer(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  issuer?.close();
  shop.close();
});

/** The blocks of a language in the how-to. */
function blocks(language: string): string[] {
  const text = readFileSync(HOW_TO, 'utf8');
  return text
    .split(`\`\`\`${language}\n`)
    .slice(1)
    .map((after) => after.split('```')[0] ?? '');
}

/** Starts a server set up as a block of settings in the how-to says, but for the addresses, and puts the pages where it can be asked. */
async function startAs(block: number): Promise<Program> {
  const { issuer: iss, audience, keysUrl } = issuer.settings;
  const settings = blocks('sh').filter((text) => text.includes('KAISEKI_'));
  const text = (settings[block] ?? '')
    .replaceAll('https://shop.example', origin)
    .replaceAll('read:a-secret-of-your-own', `read:${READ_KEY}`)
    .replaceAll('https://access.line.me', iss)
    .replaceAll('1234567890', audience)
    .replaceAll('https://api.line.me/oauth2/v2.1/certs', keysUrl);
  const program = await startProgram(
    Object.fromEntries(
      text
        .trim()
        .split('\n')
        .map((line) => line.trim().split(/=(.*)/, 2)),
    ),
  );
  const [publishable = '', token = ''] = blocks('html').map((page) => page.replaceAll('https://kaiseki.example', program.address));
  Object.assign(pages, { publishable, token });
  return program;
}

async function ordersOf(program: Program, user: string): Promise<number> {
  const headers = { authorization: `Bearer ${READ_KEY}` };
  const answer = await fetch(`${program.address}/api/users/${encodeURIComponent(user)}`, { headers });
  return answer.ok ? ((await answer.json()).counts.kinoko ?? 0) : 0;
}

/** LINE's SDK of somebody who has this token, or who has to log in first. */
function liffWith(token: string | undefined): string {
  return `const liff = {
    init: async () => {},
    isLoggedIn: () => ${token !== undefined},
    login: () => location.reload(),
    logout: () => {},
    getIDToken: () => '${token}',
  };`;
}

/** Opens the page for tokens: each time that it is loaded, with the next of `tokens`, and then with the last. */
async function openTokenShop(tokens: readonly (string | undefined)[], before?: (page: Page) => Promise<unknown>, path = '/token') {
  let loads = 0;
  const page = await openShop(path, async (opened) => {
    await before?.(opened);
    await opened.route(LIFF_SDK, (route) => {
      const token = tokens[Math.min(loads, tokens.length - 1)];
      loads += 1;
      return route.fulfill({ contentType: 'text/javascript', headers: { 'Cache-Control': 'no-store' }, body: liffWith(token) });
    });
  });
  return { page, loads: () => loads };
}

async function openShop(path: string, before: (page: Page) => Promise<unknown> = async () => undefined): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await before(page);
  await page.goto(origin + path);
  return page;
}

it('the how-to’s page sends with a publishable key, from another origin, and by a beacon when it is closed', async () => {
  const program = await startAs(0);
  try {
    expect(pages.publishable).toContain(PAGE_KEY);
    const page = await openShop('/');
    const user = await page.evaluate(() => localStorage.getItem('user') ?? '');
    await page.getByRole('button').click();
    await page.getByText('Ordered.').waitFor();
    await expect.poll(() => ordersOf(program, user), WAIT).toBe(1);
    // The next one does not come through while the page is open: it is left to the beacon.
    await page.route('**/api/log', (route) => route.abort());
    await page.getByRole('button').click();
    await page.getByText('Sending …').waitFor();
    await page.goto('about:blank');
    await expect.poll(() => ordersOf(program, user), WAIT).toBe(2);
    await page.context().close();
  } finally {
    await program.remove();
  }
});

it('the how-to’s page sends with an ID token, and the order is that of the token’s user', async () => {
  const program = await startAs(1);
  try {
    const token = await issuer.token(USER);
    const { page } = await openTokenShop([token]);
    await page.getByRole('button').click();
    await page.getByText('Ordered.').waitFor();
    await expect.poll(() => ordersOf(program, USER), WAIT).toBe(1);
    // The next one waits for another try when the page is closed.
    await page.route('**/api/log', (route) => route.fulfill({ status: 503, headers: BUSY }));
    const busy = page.waitForResponse((response) => response.status() === 503);
    await page.getByRole('button').click();
    await busy;
    await page.unroute('**/api/log');
    await page.goto('about:blank');
    await expect.poll(() => ordersOf(program, USER), WAIT).toBe(2);
    await page.context().close();
  } finally {
    await program.remove();
  }
});

it('the how-to’s page keeps an order over the login that an expired token needs, and does not log in for ever', async () => {
  const program = await startAs(1);
  try {
    const expired = await issuer.token(USER, { exp: 1 });
    const token = await issuer.token(USER);
    const { page, loads } = await openTokenShop([expired, undefined, token]);
    await page.getByRole('button').click();
    await page.getByText('Ordered.').waitFor();
    expect(loads()).toBe(3);
    await expect.poll(() => ordersOf(program, USER), WAIT).toBe(1);
    await page.context().close();

    const refused = await openTokenShop([expired]);
    await refused.page.getByRole('button').click();
    await refused.page.getByText(/token/).waitFor();
    await refused.page.waitForLoadState('networkidle');
    expect(refused.loads()).toBe(2);
    await refused.page.context().close();
  } finally {
    await program.remove();
  }
});

it.each([
  ['blocked', withoutStorage],
  ['switched off', withNullStorage],
])('the how-to’s pages send where storage is %s', async (_, change) => {
  for (const [block, path] of ['/', '/token'].entries()) {
    const program = await startAs(block);
    try {
      const { page } = await openTokenShop([await issuer.token(USER)], (opened) => opened.addInitScript(change), path);
      await page.getByRole('button').click();
      await page.getByText('Ordered.').waitFor();
      await page.context().close();
    } finally {
      await program.remove();
    }
  }
});

it('a page that is not listed is not let in by its browser', async () => {
  const program = await startAs(0);
  try {
    pages.publishable = pages.publishable.replaceAll(program.address, program.address.replace('localhost', '127.0.0.1'));
    const page = await (await browser.newContext()).newPage();
    await page.goto(origin.replace('127.0.0.1', 'localhost'));
    const refused = page.waitForEvent('console', (message) => message.text().includes('CORS'));
    await page.getByRole('button').click();
    await refused;
    await page.context().close();
  } finally {
    await program.remove();
  }
});
