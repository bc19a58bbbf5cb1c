import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { flawsOfStructure, launchBrowser, openPage, overflow_px, textsOfLowContrast } from './browser.testing.ts';
import { type Program, startProgram } from './program.testing.ts';

const WAIT = { timeout: 20_000, interval: 100 };

let program: Program;
let browser: Browser;
let today = '';

beforeAll(async () => {
  [program, browser] = await Promise.all([startProgram(), launchBrowser()]);
  await vi.waitFor(async () => expect((await fetch(`${program.address}/readyz`)).status).toBe(200), WAIT);
  ({ today } = await (await fetch(`${program.address}/api/menu`)).json());
});
afterAll(async () => {
  await browser?.close();
  await program?.remove();
});

/** Sends orders made today, at second 0, 1, 2, … of its hour `hour`. */
async function send(orders: readonly (readonly [userId: string, menuType: string])[], hour: string, day = today): Promise<void> {
  const body = orders.map(([user_id, menu_type], second) => ({
    user_id,
    menu_type,
    timestamp: new Date(Date.parse(`${day}T${hour}:00:00+09:00`) + second * 1_000).toISOString(),
  }));
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${program.address}/api/log/batch`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.ok).toBe(true);
}

const repeat = (count: number, userId: (index: number) => string, menuType: string) =>
  Array.from({ length: count }, (_, index) => [userId(index), menuType] as const);

/** A cell of the figures beside the pie of all orders: how many, and which share. */
async function figures(page: Page, segment: string): Promise<readonly string[]> {
  return page.locator(`.all-orders [data-segment="${segment}"] td`).allTextContents();
}

/** The colour of the ring `clockwise` (0 to 1) from the top of a pie, as it is painted. */
function paintedAt(page: Page, clockwise: number): Promise<string> {
  return page.locator('.all-orders canvas').evaluate((canvas: HTMLCanvasElement, turn: number) => {
    const radius = canvas.width * 0.45;
    const angle = turn * 2 * Math.PI;
    const [x, y] = [canvas.width / 2 + radius * Math.sin(angle), canvas.height / 2 - radius * Math.cos(angle)];
    const pixel = canvas.getContext('2d')?.getImageData(Math.round(x), Math.round(y), 1, 1).data ?? [];
    return `#${[...pixel]
      .slice(0, 3)
      .map((part) => part.toString(16).padStart(2, '0'))
      .join('')}`;
  }, clockwise);
}

const WASHOKU_COLOR = '#d55e00';
const YOSHOKU_COLOR = '#0072b2';

// The tests tell one story: each goes on from the data that those before it have sent.
describe.sequential('/cuisine.html', () => {
  const cuisine = () => `${program.address}/cuisine.html`;

  it('says how to send the first order, and shows it when it comes', async () => {
    const { page, complaints } = await openPage(browser, cuisine());
    await page.getByText('No orders yet.').waitFor();
    expect(await page.locator('pre').textContent()).toContain(`curl ${program.address}/api/log`);
    expect(await page.getByText('Nobody yet.').count()).toBe(2);
    expect(await page.getByRole('img', { name: 'No orders yet' }).count()).toBe(1);

    await send([['u-first', 'washoku']], '01');
    await expect.poll(() => figures(page, 'washoku'), WAIT).toEqual(['1', '100.0%']);
    await page.getByText('Japanese makes up 100.0% of 1 order so far.').waitFor();
    expect(await page.locator('pre').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('moves figures, pie, today and people with the orders', async () => {
    const { page, complaints } = await openPage(browser, cuisine());
    await expect.poll(() => figures(page, 'washoku'), WAIT).toEqual(['1', '100.0%']);

    await send(
      [...repeat(30, (index) => `a-${String(index).padStart(3, '0')}`, 'yoshoku'), ...repeat(9, () => 'u-first', 'washoku')],
      '02',
    );
    await expect.poll(() => figures(page, 'washoku'), WAIT).toEqual(['10', '25.0%']);
    expect(await figures(page, 'yoshoku')).toEqual(['30', '75.0%']);
    await page.getByRole('img', { name: 'Orders over all time: Japanese 10 (25.0%), Western 30 (75.0%)' }).waitFor();
    await expect
      .poll(() => Promise.all([0.2, 0.3, 0.95].map((turn) => paintedAt(page, turn))), WAIT)
      .toEqual([WASHOKU_COLOR, YOSHOKU_COLOR, YOSHOKU_COLOR]);
    await expect.poll(() => page.locator(`[data-day="${today}"] .day-pie-sum`).textContent(), WAIT).toBe('40');
    const western = page.getByRole('region', { name: 'Prefer Western' });
    await western.getByText('30 people').waitFor();
    await expect.poll(() => western.getByRole('link').count(), WAIT).toBe(24);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('shows a pie for the day or for each day of the range that is chosen', async () => {
    await send([...repeat(3, () => 'late', 'washoku'), ...repeat(1, () => 'late', 'yoshoku')], '12', '2025-05-30');
    const { page } = await openPage(browser, cuisine());
    await expect.poll(() => figures(page, 'washoku').then((cells) => cells[0]), WAIT).toBe('13');
    expect(await page.locator('[data-day]').count()).toBe(7);
    await page.getByLabel('From').fill('2025-05-01');
    await expect.poll(() => page.locator('[data-day]').count(), WAIT).toBe(31);
    expect(await page.getByLabel('To').inputValue()).toBe('2025-05-31');
    const day = page.getByRole('button', { name: 'Orders on Fri, 30 May 2025: Japanese 3 (75.0%), Western 1 (25.0%). Show this day.' });
    await day.waitFor();
    await page.getByText('As a table').click();
    const row = page.getByRole('row').filter({ hasText: 'Fri, 30 May 2025' });
    expect(await row.getByRole('cell').allTextContents()).toEqual(['3 (75.0%)', '1 (25.0%)']);

    const ofDay = page.getByRole('img', { name: 'Orders on Fri, 30 May 2025: Japanese 3 (75.0%), Western 1 (25.0%)' });
    await day.click();
    await ofDay.waitFor();
    await page.getByRole('button', { name: 'A range' }).click();
    await page.getByLabel('From').fill('2025-05-10');
    // The last day of the range is one without orders.
    await day.waitFor();
    await page.getByLabel('To').fill('2025-06-05');
    // The last day with orders is known when the new range is there and all of it has been read.
    await expect.poll(() => page.locator('.day-pies[aria-busy="false"] [data-day]').count(), WAIT).toBe(27);
    await page.getByRole('button', { name: 'One day' }).click();
    await ofDay.waitFor();
    await page.getByRole('button', { name: 'The day before' }).click();
    await page.getByRole('img', { name: 'No orders on Thu, 29 May 2025' }).waitFor();
    await page.getByRole('button', { name: 'Today' }).click();
    await expect.poll(() => page.locator('.days [data-segment="yoshoku"] td').allTextContents(), WAIT).toEqual(['30', '75.0%']);
    await page.context().close();
  });

  it('finds users by the beginning of their id, page by page, and hands out the list as CSV', async () => {
    const { page, complaints } = await openPage(browser, cuisine());
    const western = page.getByRole('region', { name: 'Prefer Western' });
    await expect.poll(() => western.getByRole('link').count(), WAIT).toBe(24);
    const seen = await western.getByRole('link').allTextContents();
    await western.getByRole('button', { name: 'Next' }).click();
    await expect.poll(() => western.getByRole('link').count(), WAIT).toBe(6);
    const all = [...seen, ...(await western.getByRole('link').allTextContents())];
    expect(all.toSorted()).toEqual(repeat(30, (index) => `a-${String(index).padStart(3, '0')}`, '').map(([userId]) => userId));
    expect(await western.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true);
    await western.getByRole('button', { name: 'Previous' }).click();
    await expect.poll(() => western.getByRole('link').allTextContents(), WAIT).toEqual(seen);

    // A search begins at its first page, wherever the list was before.
    await western.getByRole('button', { name: 'Next' }).click();
    await western.getByText('Page 2').waitFor();
    await page.getByLabel('Find a user').fill('a-01');
    await expect.poll(() => western.getByRole('link').count(), WAIT).toBe(10);
    await page.getByRole('region', { name: 'Prefer Japanese' }).getByText('No id here begins with “a-01”.').waitFor();

    await page.getByLabel('Find a user').fill('');
    await expect.poll(() => western.getByRole('link').count(), WAIT).toBe(24);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the users who prefer Western as CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('yoshoku.csv');
    const [header, ...users] = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\r\n');
    // For Excel, which takes it for another encoding else.
    expect(header).toBe('\uFEFFuser_id');
    expect(users.toSorted()).toEqual(all.toSorted());
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('shows a user’s own history, by mouse, by keyboard and by address', async () => {
    await send([...repeat(25, () => 'a-007', 'washoku'), ['a-007', 'kinoko']], '03');
    const { page } = await openPage(browser, cuisine());
    await page.getByLabel('Find a user').fill('a-007');
    await page.getByRole('region', { name: 'Prefer Western' }).getByText('No id here begins with “a-007”.').waitFor();
    const link = page.getByRole('region', { name: 'Prefer Japanese' }).getByRole('link', { name: 'a-007' });
    await link.click();
    const dialog = page.getByRole('dialog', { name: 'a-007' });
    await dialog.getByRole('img', { name: 'Cuisine: Japanese 25 (96.2%), Western 1 (3.8%)' }).waitFor();
    expect(await dialog.getByRole('heading', { level: 3 }).allTextContents()).toEqual([
      'Cuisine Prefers Japanese',
      'Snack Prefers Mushroom',
      'Orders, last counted first',
    ]);
    expect(await dialog.getByRole('row').count()).toBe(1 + 20);
    expect(await dialog.getByRole('row').nth(1).textContent()).toContain('03:00:25');
    await dialog.getByRole('button', { name: 'Next' }).click();
    await expect.poll(() => dialog.getByRole('row').count(), WAIT).toBe(1 + 7);

    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await link.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    await page.goBack();
    await dialog.waitFor({ state: 'detached' });

    await page.goto(`${cuisine()}#user=${encodeURIComponent('nobody/…?#')}`);
    await page.getByRole('dialog', { name: 'nobody/…?#' }).getByText('Nobody with this id has ordered anything yet.').waitFor();
    await page.context().close();
  });

  it('speaks Japanese and English, and remembers which', async () => {
    const { page } = await openPage(browser, cuisine(), { locale: 'ja-JP' });
    await page.getByRole('heading', { level: 1, name: '和食か、洋食か' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('ja');
    await page.getByText('これまでの注文 69 件のうち、').waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { level: 1, name: 'Japanese or Western?' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
    await page.locator('.live-state', { hasText: 'GMT+9' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Japanese or Western?' }).waitFor();
    expect(await page.title()).toBe('Japanese or Western? · Kaiseki');
    await page.context().close();
  });

  it('fits a phone, in either language', async () => {
    for (const locale of ['ja-JP', 'en-GB']) {
      const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, locale };
      const { page } = await openPage(browser, cuisine(), phone);
      await expect.poll(() => figures(page, 'yoshoku').then((cells) => cells[0]), WAIT).toBe('31');
      expect(await overflow_px(page)).toBe(0);
      await page.goto(`${cuisine()}#user=a-007`);
      await page.getByRole('dialog').getByRole('table').waitFor();
      expect(await overflow_px(page)).toBe(0);
      await page.context().close();
    }
  });

  it('can be used by those who do not see it, or not well, or not with a mouse', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await openPage(browser, cuisine(), { colorScheme, reducedMotion: 'reduce' });
      await expect.poll(() => page.getByRole('region', { name: 'Prefer Western' }).getByRole('link').count(), WAIT).toBeGreaterThan(0);
      expect(await flawsOfStructure(page)).toEqual([]);
      expect(await textsOfLowContrast(page)).toEqual([]);
      expect(
        await page
          .locator('.share-bar span')
          .first()
          .evaluate((bar) => getComputedStyle(bar).transitionDuration),
      ).toBe('0s');

      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the figures');
      const focused = page.locator(':focus');
      expect(await focused.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
      expect(await focused.evaluate((element) => element.getBoundingClientRect().top)).toBe(0);
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
      await page.context().close();
    }
  });

  it('keeps its figures when the server is gone, says so, and goes on when it is back', async () => {
    const { page } = await openPage(browser, cuisine());
    await expect.poll(() => figures(page, 'yoshoku').then((cells) => cells[0]), WAIT).toBe('31');
    await program.stop();
    await page.getByText('New figures do not arrive.').waitFor();
    expect((await figures(page, 'yoshoku'))[0]).toBe('31');
    await page.getByLabel('Find a user').fill('nobody');
    await page.getByText('The server does not answer.').first().waitFor();

    await program.start();
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await page.getByText('No id here begins with “nobody”.').first().waitFor();
    await page.getByText('New figures do not arrive.').waitFor({ state: 'detached' });
    await send([['a-000', 'yoshoku']], '04');
    await expect.poll(() => figures(page, 'yoshoku').then((cells) => cells[0]), WAIT).toBe('32');
    await page.context().close();
  });

  it('is found from the first page', async () => {
    const { page, complaints } = await openPage(browser, program.address);
    await page.getByRole('main').getByRole('link', { name: 'Japanese or Western?' }).click();
    await page.getByRole('heading', { level: 1, name: 'Japanese or Western?' }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('/cuisine.html of a server that asks for keys', () => {
  const READ_KEY = 'read-key-0123456789';
  let guarded: Program;
  beforeAll(async () => {
    guarded = await startProgram({ KAISEKI_API_KEYS: `ingest:ingest-key-0123456789,read:${READ_KEY}` });
  });
  afterAll(() => guarded?.remove());

  it('asks for one, says when it is not accepted, and keeps it for the tab', async () => {
    const { page } = await openPage(browser, `${guarded.address}/cuisine.html`);
    const field = page.getByLabel('API key');
    await field.fill('not-the-key-0123456789');
    await page.keyboard.press('Enter');
    await page.getByText('The server does not accept this key.').waitFor();
    expect(await flawsOfStructure(page)).toEqual([]);
    await field.fill(READ_KEY);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('No orders yet.').waitFor();
    await page.reload();
    await page.getByText('No orders yet.').waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /Japanese as CSV/ }).click()]);
    expect(readFileSync(await download.path(), 'utf8')).toBe('\uFEFFuser_id\r\n');
    await page.context().close();
  });
});
