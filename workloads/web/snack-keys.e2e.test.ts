import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { flawsOfStructure, launchBrowser, openPage, textsOfLowContrast } from './browser.testing.ts';
import { type Program, startProgram } from './program.testing.ts';

const WAIT = { timeout: 30_000, interval: 50 };
const READ_KEY = 'read-key-0123456789';
const INGEST_KEY = 'ingest-key-0123456789';
const BOTH_KEY = 'both-keys-0123456789';

let program: Program;
let browser: Browser;

beforeAll(async () => {
  const keys = { KAISEKI_API_KEYS: `read:${READ_KEY},ingest:${INGEST_KEY},read:${BOTH_KEY},ingest:${BOTH_KEY}` };
  [program, browser] = await Promise.all([startProgram(keys), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await program?.remove();
});

/** How many mushrooms were counted. */
async function counted(): Promise<number> {
  const headers = { authorization: `Bearer ${READ_KEY}` };
  const { totals } = await (await fetch(`${program.address}/api/totals?dimension=snack`, { headers })).json();
  return totals.find((total: { segment: string }) => total.segment === 'kinoko').orders;
}

/** Opens the page and enters a key. */
async function openWith(key: string) {
  const { page } = await openPage(browser, `${program.address}/snack.html`);
  await page.getByText('Enter an API key of the role “read”.').waitFor();
  await page.getByLabel('API key').fill(key);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Buy Mushroom' }).waitFor();
  return page;
}

it('asks for a key that orders when the one that reads does not, keeps the order, and sends it with the right key once', async () => {
  const page = await openWith(READ_KEY);
  await page.getByRole('button', { name: 'Buy Mushroom' }).click();
  await page.getByText('this server asks for an API key of the role “ingest”').waitFor();
  await page.getByText('1 order is waiting.').waitFor();
  expect(await flawsOfStructure(page)).toEqual([]);
  expect(await textsOfLowContrast(page)).toEqual([]);
  await page.getByLabel('API key').fill('not-the-key-0123456789');
  await page.keyboard.press('Enter');
  await page.getByText('The server does not accept this key.').waitFor();
  expect(await counted()).toBe(0);
  await page.getByLabel('API key').fill(INGEST_KEY);
  await page.keyboard.press('Enter');
  await page.getByText('Mushroom: ordered.').waitFor();
  await expect.poll(counted, WAIT).toBe(1);
  await expect.poll(() => page.locator('.own-orders tbody tr').count(), WAIT).toBe(1);
  await page.context().close();
});

it('takes one key of both roles for everything', async () => {
  const page = await openWith(BOTH_KEY);
  await page.getByRole('button', { name: 'Buy Mushroom' }).click();
  await page.getByText('Mushroom: ordered.').waitFor();
  await expect.poll(counted, WAIT).toBe(2);
  await page.context().close();
});
