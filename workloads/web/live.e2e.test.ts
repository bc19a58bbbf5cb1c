import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { flawsOfStructure, launchBrowser, openPage, overflow_px, textsOfLowContrast } from './browser.testing.ts';
import { type Program, startProgram } from './program.testing.ts';

const WAIT = { timeout: 30_000, interval: 50 };

let program: Program;
let browser: Browser;

beforeAll(async () => {
  [program, browser] = await Promise.all([startProgram(), launchBrowser()]);
  await untilReady();
});
afterAll(async () => {
  await browser?.close();
  await program?.remove();
});

const untilReady = () => vi.waitFor(async () => expect((await fetch(`${program.address}/readyz`)).status).toBe(200), WAIT);
const snack = () => `${program.address}/snack.html`;

/** How many orders the page shows of a segment. */
async function shown(page: Page, segment: string): Promise<string> {
  const cells = await page.locator(`.all-orders [data-segment="${segment}"] td`).allTextContents();
  return cells[0] ?? '';
}

/** How many orders were counted. */
async function counted(segment: string): Promise<number> {
  const { totals }: { totals: { segment: string; orders: number }[] } = await (
    await fetch(`${program.address}/api/totals?dimension=snack`)
  ).json();
  return totals.find((total) => total.segment === segment)?.orders ?? 0;
}

const buy = (page: Page, label: string) => page.getByRole('button', { name: `Buy ${label}` });
/** Longer than what counts as a double click. */
const betweenClicks = (page: Page) => page.waitForTimeout(600);

// The tests tell one story: each goes on from the data that those before it have sent.
describe.sequential('/snack.html', () => {
  it('moves in every open browser when somebody buys in one of them', async () => {
    const [one, other] = [await openPage(browser, snack()), await openPage(browser, snack())];
    await expect.poll(() => shown(other.page, 'kinoko'), WAIT).toBe('0');
    const asked: string[] = [];
    other.page.on('request', (request) => asked.push(request.url()));
    await buy(one.page, 'Mushroom').click();
    await one.page.getByText('Mushroom: ordered.').waitFor();
    await expect.poll(() => shown(other.page, 'kinoko'), WAIT).toBe('1');
    expect(await shown(one.page, 'kinoko')).toBe('1');
    await other.page.getByRole('img', { name: 'Orders in the last 5 minutes: Mushroom 1, Bamboo shoot 0' }).waitFor();
    // It was told; it did not ask.
    expect(asked.filter((url) => url.includes('/api/totals'))).toEqual([]);
    await expect.poll(() => one.page.locator('.own-orders tbody tr').count(), WAIT).toBe(1);
    expect(await other.page.locator('.own-orders tbody tr').count()).toBe(0);
    const [me, them] = await Promise.all([one, other].map(({ page }) => page.locator('.who-am-i code').textContent()));
    expect(me).not.toBe(them);
    await one.page.reload();
    await expect.poll(() => one.page.locator('.who-am-i code').textContent(), WAIT).toBe(me);
    expect([...one.complaints, ...other.complaints]).toEqual([]);
    for (const { page } of [one, other]) await page.context().close();
  });

  it('takes a double click for one order', async () => {
    const { page } = await openPage(browser, snack());
    await expect.poll(() => shown(page, 'takenoko'), WAIT).toBe('0');
    await buy(page, 'Bamboo shoot').dblclick();
    await expect.poll(() => counted('takenoko'), WAIT).toBe(1);
    await betweenClicks(page);
    await buy(page, 'Bamboo shoot').click();
    await expect.poll(() => counted('takenoko'), WAIT).toBe(2);
    await expect.poll(() => page.locator('.own-orders tbody tr').count(), WAIT).toBe(2);
    await page.context().close();
  });

  it('shows an order at once, and takes it back when it is refused', async () => {
    const { page } = await openPage(browser, snack());
    await expect.poll(() => shown(page, 'kinoko'), WAIT).toBe('1');
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/api/log', async (route) => {
      await answered;
      await route.fulfill({ status: 422, contentType: 'application/problem+json', body: JSON.stringify({ detail: 'sold out' }) });
    });
    await buy(page, 'Mushroom').click();
    await expect.poll(() => shown(page, 'kinoko'), WAIT).toBe('2');
    answer();
    await page.getByText('Mushroom was not ordered: sold out').waitFor();
    await expect.poll(() => shown(page, 'kinoko'), WAIT).toBe('1');
    expect(await counted('kinoko')).toBe(1);
    await page.context().close();
  });

  it('says that there is no ingest, where the address has none', async () => {
    const { page } = await openPage(browser, snack());
    await expect.poll(() => shown(page, 'kinoko'), WAIT).not.toBe('');
    await page.route('**/api/log', (route) => {
      const body = JSON.stringify({ detail: 'There is nothing at /api/log.' });
      return route.fulfill({ status: 404, contentType: 'application/problem+json', body });
    });
    await buy(page, 'Mushroom').click();
    await page.getByText('Mushroom was not ordered: this address takes no orders').waitFor();
    await page.context().close();
  });

  it('keeps three orders made offline, through a reload too, and sends each once', async () => {
    const { page } = await openPage(browser, snack());
    await expect.poll(() => shown(page, 'kinoko'), WAIT).toBe('1');
    await page.route('**/api/log', (route) => route.abort());
    for (let order = 0; order < 3; order++) {
      await buy(page, 'Mushroom').click();
      await betweenClicks(page);
    }
    await page.getByText('3 orders are waiting.').waitFor();
    expect(await shown(page, 'kinoko')).toBe('4');
    expect(await counted('kinoko')).toBe(1);
    await page.reload();
    await page.getByText('3 orders are waiting.').waitFor();
    await page.unroute('**/api/log');
    // The first answer is lost on its way: the order is sent again, and counted once.
    let lost = false;
    await page.route('**/api/log', async (route) => {
      if (lost) return route.continue();
      lost = true;
      await route.fetch();
      await route.abort();
    });
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await expect.poll(() => counted('kinoko'), WAIT).toBe(4);
    await page.getByText('waiting').waitFor({ state: 'detached' });
    await betweenClicks(page);
    expect(await counted('kinoko')).toBe(4);
    await expect.poll(() => page.locator('.own-orders tbody tr').count(), WAIT).toBe(3);
    await page.context().close();
  });

  it('sends what a tab left behind that was closed offline, from another tab, once', async () => {
    const { page: closed } = await openPage(browser, snack());
    const open = await closed.context().newPage();
    await open.goto(snack());
    await expect.poll(() => shown(open, 'takenoko'), WAIT).toBe('2');
    await closed.route('**/api/log', (route) => route.abort());
    await buy(closed, 'Bamboo shoot').click();
    await open.getByText('1 order is waiting.').waitFor();
    await betweenClicks(open);
    expect(await counted('takenoko')).toBe(2);
    await closed.close();
    await expect.poll(() => counted('takenoko'), WAIT).toBe(3);
    await open.getByText('waiting').waitFor({ state: 'detached' });
    await expect.poll(() => open.locator('.own-orders tbody tr').count(), WAIT).toBe(1);
    expect(await open.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('kaiseki.order.')))).toEqual([]);
    await open.context().close();
  });

  it('does so where there are no locks, and leaves to a tab what it has as long as it is open', async () => {
    const { page: closed } = await openPage(browser, snack());
    await closed.context().addInitScript(() => void Reflect.deleteProperty(Navigator.prototype, 'locks'));
    await closed.reload();
    const open = await closed.context().newPage();
    await open.goto(snack());
    const sent: string[] = [];
    open.on('request', (request) => request.url().endsWith('/api/log') && sent.push(request.url()));
    await expect.poll(() => shown(open, 'takenoko'), WAIT).toBe('3');
    await closed.route('**/api/log', (route) => route.abort());
    await buy(closed, 'Bamboo shoot').click();
    await open.getByText('1 order is waiting.').waitFor();
    // Longer than an answer may take.
    await open.waitForTimeout(4_000);
    expect(sent).toEqual([]);
    await closed.close();
    await expect.poll(() => counted('takenoko'), WAIT).toBe(4);
    await open.getByText('waiting').waitFor({ state: 'detached' });
    expect(await open.evaluate(() => 'locks' in navigator)).toBe(false);
    await open.context().close();
  });

  it('ends right in both browsers when everything is killed in the middle and started again', async () => {
    const [one, other] = [await openPage(browser, snack()), await openPage(browser, snack())];
    for (const { page } of [one, other]) await expect.poll(() => shown(page, 'kinoko'), WAIT).toBe('4');
    await buy(one.page, 'Mushroom').click();
    await one.page.getByText('Mushroom: ordered.').waitFor();
    await program.kill();
    await buy(other.page, 'Mushroom').click();
    await other.page.getByText('1 order is waiting.').waitFor();
    await program.start();
    for (const { page } of [one, other]) await expect.poll(() => shown(page, 'kinoko'), WAIT).toBe('6');
    expect(await counted('kinoko')).toBe(6);
    for (const { page } of [one, other]) await page.context().close();
  });

  it('comes back by itself when the server was restarted, and is told again', async () => {
    const { page } = await openPage(browser, snack());
    await expect.poll(() => shown(page, 'kinoko'), WAIT).toBe('6');
    await program.stop();
    await page.getByText('New figures do not arrive.').waitFor();
    await program.start();
    await page.getByText('New figures do not arrive.').waitFor({ state: 'detached' });
    const reconnected = async () =>
      (await (await fetch(`${program.address}/metrics`)).text()).includes('kaiseki_live_viewers{transport="websocket"} 1');
    await expect.poll(reconnected, WAIT).toBe(true);
    await page.context().close();
  });

  it('is told by server-sent events where WebSocket does not get through, and asks where neither does', async () => {
    const { page } = await openPage(browser, 'about:blank');
    await page.routeWebSocket(/\/live/, (socket) => socket.close());
    await page.goto(snack());
    await expect.poll(() => shown(page, 'kinoko'), WAIT).toBe('6');
    const streams = async () =>
      (await (await fetch(`${program.address}/metrics`)).text()).includes('kaiseki_live_viewers{transport="stream"} 1');
    await expect.poll(streams, WAIT).toBe(true);
    await page.locator('.live-state', { hasText: 'Live · ' }).waitFor();
    await page.route('**/live/stream**', (route) => route.abort());
    await page.reload();
    await expect.poll(() => shown(page, 'kinoko'), WAIT).toBe('6');
    await page.locator('.live-state', { hasText: 'As of ' }).waitFor();
    await betweenClicks(page);
    await buy(page, 'Mushroom').click();
    await expect.poll(() => counted('kinoko'), WAIT).toBe(7);
    await expect.poll(() => shown(page, 'kinoko'), WAIT).toBe('7');
    await page.context().close();
  });

  it('shows both lines where they are equal', async () => {
    const { page } = await openPage(browser, 'about:blank', { colorScheme: 'light' });
    await page.clock.install();
    await page.goto(snack());
    await expect.poll(() => shown(page, 'kinoko'), WAIT).not.toBe('');
    await page.clock.fastForward(60_000);
    const colors = () =>
      page.locator('.lines canvas').evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
        const drawn = new Map<string, number>();
        for (let at = 0; at < data.length; at += 4) {
          const color = `${data[at]},${data[at + 1]},${data[at + 2]}`;
          drawn.set(color, (drawn.get(color) ?? 0) + 1);
        }
        return ['230,159,0', '0,158,115'].filter((color) => (drawn.get(color) ?? 0) > 50);
      });
    await expect.poll(colors, WAIT).toHaveLength(2);
    await page.context().close();
  });

  it('can be used by those who do not see it, or not well, on any screen, in both languages', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [name, width, height] of [
        ['phone', 360, 740],
        ['desktop', 1280, 900],
      ] as const) {
        for (const locale of ['ja-JP', 'en-GB']) {
          const { page, complaints } = await openPage(browser, snack(), {
            colorScheme,
            viewport: { width, height },
            locale,
            reducedMotion: 'reduce',
          });
          await expect.poll(() => shown(page, 'kinoko'), WAIT).toBe('7');
          expect(await flawsOfStructure(page)).toEqual([]);
          expect(await textsOfLowContrast(page)).toEqual([]);
          expect(await overflow_px(page)).toBeLessThanOrEqual(0);
          const heights = await page.locator('.buy-button').evaluateAll((buttons) => buttons.map(({ clientHeight }) => clientHeight));
          // Of one line each, none is higher than it must be.
          expect(Math.max(...heights)).toBeLessThan(80);
          expect(await page.getByRole('table').count()).toBeGreaterThan(0);
          expect(complaints).toEqual([]);
          const { SCREENSHOTS } = process.env;
          if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, `snack-${name}-${colorScheme}-${locale}.png`), fullPage: true });
          await page.context().close();
        }
      }
    }
  });
});

describe.sequential('/live.html', () => {
  const drinks = {
    name: 'drinks',
    labels: { ja: '飲み物', en: 'Drinks' },
    menu_types: [
      { name: 'tea', labels: { ja: 'お茶', en: 'Tea' }, color: '#009e73' },
      { name: 'coffee', labels: { ja: 'コーヒー', en: 'Coffee' }, color: '#cc79a7' },
      { name: 'water', labels: { ja: '水', en: 'Water' }, color: '#56b4e9' },
    ],
  };

  it('names every dimension, and knows no other', async () => {
    const { page } = await openPage(browser, `${program.address}/live.html`);
    await page.getByRole('link', { name: 'Snack' }).click();
    await expect.poll(() => shown(page, 'kinoko'), WAIT).toBe('7');
    await page.goto(`${program.address}/live.html?dimension=drinks`);
    await page.getByText('The menu of this server has no “drinks”.').waitFor();
    await page.context().close();
  });

  it('shows a dimension of three that was added to a system with data, by configuration alone', async () => {
    const { dimensions } = await (await fetch(`${program.address}/api/menu`)).json();
    const directory = mkdtempSync(join(tmpdir(), 'kaiseki-menu-'));
    const file = join(directory, 'menu.json');
    writeFileSync(file, JSON.stringify({ dimensions: [...dimensions, drinks] }));
    await program.stop();
    await program.start({ KAISEKI_MENU: file });
    await untilReady();
    rmSync(directory, { recursive: true });

    const { page, complaints } = await openPage(browser, `${program.address}/live.html?dimension=drinks`, { reducedMotion: 'reduce' });
    await page.getByText('No orders yet.').waitFor();
    const body = ['tea', 'tea', 'tea', 'coffee', 'coffee', 'water'].map((menu_type, index) => ({
      user_id: `drinker-${index}`,
      menu_type,
      timestamp: '2026-01-01T00:00:00Z',
    }));
    const headers = { 'content-type': 'application/json' };
    const sent = await fetch(`${program.address}/api/log/batch`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(sent.status).toBe(202);
    await page.getByRole('img', { name: 'Orders over all time: Tea 3 (50.0%), Coffee 2 (33.3%), Water 1 (16.7%)' }).waitFor();
    await page.getByRole('img', { name: 'Orders in the last 5 minutes: Tea 3, Coffee 2, Water 1' }).waitFor();
    await page.getByRole('region', { name: 'Prefer Tea' }).getByText('3 people').waitFor();
    expect(await flawsOfStructure(page)).toEqual([]);
    expect(await textsOfLowContrast(page)).toEqual([]);
    expect(await counted('kinoko')).toBe(7);
    const { SCREENSHOTS } = process.env;
    if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, 'live-drinks.png'), fullPage: true });
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
