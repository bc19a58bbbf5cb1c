import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { NEEDED_NAMES } from './browser/missing-names.ts';
import { launchBrowser, overflow_px } from './browser.testing.ts';
import { OLDEST_BROWSERS } from './browsers.ts';
import { FORGOTTEN, withFullStorage, withNullStorage, withoutNewNames, withoutStorage } from './older-browsers.testing.ts';
import { type Program, startProgram } from './program.testing.ts';
import { DOUBLE_CLICK_MS } from './shop/outbox.ts';

const WAIT = { timeout: 20_000, interval: 100 };
const PAGES = ['', 'cuisine.html', 'snack.html', 'live.html'];
/** Page → what is there as soon as the server has answered; the first page asks nothing. */
const SHOWN = [
  ['', '.page-list a'],
  ['cuisine.html', 'tr[data-segment=washoku] td'],
  ['snack.html', 'tr[data-segment=kinoko] td'],
  ['live.html', 'a[href$="?dimension=snack"]'],
  ['live.html?dimension=snack', 'tr[data-segment=kinoko] td'],
] as const;

let program: Program;
let browser: Browser;

beforeAll(async () => {
  [program, browser] = await Promise.all([startProgram(), launchBrowser()]);
  await vi.waitFor(async () => expect((await fetch(`${program.address}/readyz`)).status).toBe(200), WAIT);
});
afterAll(async () => {
  await browser?.close();
  await program?.remove();
});

/** Opens pages in a browser that `change` has made another one; `complaints` are errors of scripts. */
async function browserWith(change: () => void) {
  const context = await browser.newContext({ locale: 'en-GB' });
  await context.addInitScript(change);
  const complaints: string[] = [];
  const open = async (path: string): Promise<Page> => {
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${program.address}/${path}`);
    return page;
  };
  return { open, complaints, close: () => context.close() };
}

/** Orders on the page until the server has counted it. */
async function orderOn(page: Page): Promise<void> {
  const before = await counted();
  await page.getByRole('button', { name: 'Buy Mushroom' }).click();
  await page.getByText('Mushroom: ordered.').waitFor();
  await expect.poll(counted, WAIT).toBe(before + 1);
}

async function counted(): Promise<number> {
  const { totals } = await (await fetch(`${program.address}/api/totals?dimension=snack`)).json();
  return totals.find((total: { segment: string }) => total.segment === 'kinoko').orders;
}

describe.each([
  ['is as old as the oldest supported ones', withoutNewNames],
  ['keeps nothing for pages', withoutStorage],
  ['has no storage', withNullStorage],
  ['has no room', withFullStorage],
])('a browser that %s', (_, change) => {
  it('shows every page, and no error', async () => {
    const { open, complaints, close } = await browserWith(change);
    for (const [path, shown] of SHOWN) {
      const page = await open(path);
      await page.locator('h1').waitFor();
      await page.locator(shown).first().waitFor();
      expect(await page.getByText('does not answer').count(), path).toBe(0);
      expect(await page.locator('#not-started').isVisible(), path).toBe(false);
    }
    expect(complaints).toEqual([]);
    await close();
  });

  it('orders, sees its own orders, and speaks another language', async () => {
    const { open, complaints, close } = await browserWith(change);
    const page = await open('snack.html');
    await orderOn(page);
    await systemClock.sleep(DOUBLE_CLICK_MS);
    await orderOn(page);
    await expect.poll(() => page.locator('.own-orders tbody tr').count(), WAIT).toBe(2);
    await page.getByRole('button', { name: '日本語' }).click();
    await page.getByRole('heading', { name: 'あなたの注文' }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});

it('what is newer than the oldest supported browsers is gone from the browser that stands for them', async () => {
  const { open, close } = await browserWith(withoutNewNames);
  const page = await open('');
  const { gone, left } = await page.evaluate((name) => Reflect.get(globalThis, name), FORGOTTEN);
  expect(left).toEqual([]);
  expect(gone).toEqual(expect.arrayContaining(['any', 'fromAsync', 'Segmenter', 'json', 'groupBy', 'requestIdleCallback']));
  const found = await page.evaluate(() => ['any' in AbortSignal, 'fromAsync' in Array, 'Segmenter' in Intl, 'json' in Response]);
  expect(found).toEqual([false, false, false, false]);
  await close();
});

it('a browser that keeps nothing says to leave the page open while orders wait', async () => {
  for (const change of [withoutStorage, withFullStorage]) {
    const { open, close } = await browserWith(change);
    const page = await open('snack.html');
    await page.getByRole('button', { name: 'Buy Mushroom' }).waitFor();
    await page.route('**/api/log', (route) => route.abort());
    await page.getByRole('button', { name: 'Buy Mushroom' }).click();
    await page.getByText('1 order is waiting. Leave this page open until then').waitFor();
    await screenshot(page, 'fleeting');
    await page.unroute('**/api/log');
    await page.getByText('Mushroom: ordered.').waitFor();
    expect(await page.getByText('Leave this page open').count()).toBe(0);
    await close();
  }
});

it('a browser that cannot read the scripts says which ones can, in both languages', async () => {
  const page = await browser.newPage({ viewport: { width: 320, height: 640 } });
  await page.route('**/assets/*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: 'class { static { } } }' }));
  for (const path of PAGES) {
    await page.goto(`${program.address}/${path}`);
    for (const { name, version } of OLDEST_BROWSERS) expect(await page.getByText(`${name} ${version}`).count()).toBeGreaterThanOrEqual(2);
    expect(await page.locator('#not-started').isVisible(), path).toBe(true);
    expect(await overflow_px(page)).toBeLessThanOrEqual(0);
  }
  await screenshot(page, 'not-started');
  await page.emulateMedia({ colorScheme: 'dark' });
  await screenshot(page, 'not-started-dark');
  await page.close();
});

it.each(NEEDED_NAMES)('a browser that reads the scripts but lacks %s says the same', async (name) => {
  const context = await browser.newContext({ locale: 'en-GB' });
  await context.addInitScript((lacking) => {
    const path = lacking.split('.');
    const owner = path.slice(0, -1).reduce<object>((at, key) => Reflect.get(at, key), globalThis);
    Reflect.deleteProperty(owner, path[path.length - 1] ?? '');
  }, name);
  const page = await context.newPage();
  for (const path of PAGES) {
    await page.goto(`${program.address}/${path}`);
    await page.locator('#not-started').waitFor({ timeout: WAIT.timeout });
    expect(await page.locator('h1').count(), path).toBe(0);
  }
  await context.close();
});

it('a page that throws while it draws says so, and is not blank', async () => {
  const { open, complaints, close } = await browserWith(() => {
    Object.defineProperty(Intl, 'NumberFormat', { value: undefined });
  });
  const page = await open('cuisine.html');
  await page.locator('#not-started').waitFor();
  expect(complaints).not.toEqual([]);
  await close();
});

it('sends styles that the oldest supported browsers read', async () => {
  const styles: string[] = [];
  const page = await browser.newPage();
  page.on('response', async (response) => {
    if (response.url().endsWith('.css')) styles.push(await response.text());
  });
  for (const path of PAGES) await page.goto(`${program.address}/${path}`, { waitUntil: 'networkidle' }).catch(() => undefined);
  expect(styles.length).toBeGreaterThan(3);
  for (const style of styles) expect(style).not.toMatch(/light-dark\(|@starting-style|@scope|(?:^|[{};])\s*&/);
  await page.close();
});

async function screenshot(page: Page, name: string): Promise<void> {
  const { SCREENSHOTS } = process.env;
  if (SCREENSHOTS) await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true });
}
