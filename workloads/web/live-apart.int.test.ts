import type { Page } from 'playwright-core';
import { expect, it, onTestFinished, vi } from 'vitest';
import { testKafka } from '#platform/log/kafka.testing.ts';
import { testSettings } from '#platform/tables/cassandra.testing.ts';
import { newGeneration } from '#workloads/orders/generation.testing.ts';
import { addressOf, runKaiseki, startKaiseki, type TestProcess } from '#workloads/processes.testing.ts';
import { launchBrowser, openPage } from './browser.testing.ts';
import { openFrontDoor } from './front-door.testing.ts';

const WAIT = { timeout: 120_000, interval: 50 };

function start(args: readonly string[], environment: NodeJS.ProcessEnv): TestProcess {
  const running = startKaiseki(args, environment);
  onTestFinished(async () => {
    running.kill('SIGKILL');
    await running.ended();
  });
  return running;
}

/** The stream on the real servers, `live` and `counter` being processes of their own, behind one address. */
async function startApart() {
  const { contactPoints, localDataCenter } = testSettings('unused');
  const { environment, drop } = newGeneration({ brokers: testKafka().brokers, contactPoints, localDataCenter });
  onTestFinished(drop);
  await runKaiseki(['migrate'], environment);
  await runKaiseki(['topics'], environment);
  const others = await addressOf(start(['ingest', 'summary'], environment));
  let counter = start(['counter'], environment);
  let live = start(['live'], environment);
  const liveAddress = await addressOf(live);
  const door = await openFrontDoor((path) => (path === '/live' || path === '/live/stream' ? liveAddress : others));
  onTestFinished(() => door.close());
  return {
    address: door.address,
    /** Pages that `live` pushes to. */
    async viewers() {
      const metrics = await (await fetch(`${liveAddress}/metrics`)).text();
      return Number(/^kaiseki_live_viewers\{transport="websocket"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
    },
    async endLive(signal: NodeJS.Signals) {
      live.kill(signal);
      await live.ended();
    },
    async killCounter() {
      counter.kill('SIGKILL');
      await counter.ended();
    },
    startCounter() {
      counter = start(['counter'], environment);
    },
    async startLive() {
      live = start(['live'], { ...environment, KAISEKI_PORT: new URL(liveAddress).port });
      await addressOf(live);
    },
  };
}

async function shown(page: Page): Promise<string> {
  return (await page.locator('.all-orders [data-segment="kinoko"] td').allTextContents())[0] ?? '';
}

/** Two people's pages, and what they do. */
async function openPages() {
  const program = await startApart();
  const browser = await launchBrowser();
  onTestFinished(() => browser.close());
  const snack = `${program.address}/snack.html`;
  const pages = [(await openPage(browser, snack)).page, (await openPage(browser, snack)).page] as const;
  const [buyer, watcher] = pages;
  const showBoth = async (mushrooms: string) => {
    for (const page of pages) await expect.poll(() => shown(page), WAIT).toBe(mushrooms);
  };
  const buy = async () => {
    await buyer.getByRole('button', { name: 'Buy Mushroom' }).click();
    await buyer.getByText('Mushroom: ordered.').waitFor();
    await buyer.waitForTimeout(600);
  };
  const untilTold = () => vi.waitFor(async () => expect(await program.viewers()).toBe(pages.length), WAIT);
  await untilTold();
  await buy();
  await showBoth('1');
  return { program, watcher, showBoth, buy, untilTold };
}

it('pages come back to `live` when it alone is restarted or killed, show what was ordered meanwhile, and are told again', async () => {
  const { program, watcher, showBoth, buy, untilTold } = await openPages();
  let mushrooms = 1;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    await program.endLive(signal);
    await buy();
    await showBoth(String(++mushrooms));
    await program.startLive();
    await untilTold();
    const asked: string[] = [];
    watcher.on('request', (request) => asked.push(request.url()));
    await buy();
    await showBoth(String(++mushrooms));
    // It was told; it did not ask.
    expect(asked.filter((url) => url.includes('/api/totals'))).toEqual([]);
    watcher.removeAllListeners('request');
    expect(await watcher.getByText('New figures do not arrive.').count()).toBe(0);
  }
});

it('pages end right when the counter alone is killed with orders on their way', async () => {
  const { program, showBoth, buy } = await openPages();
  await buy();
  await program.killCounter();
  await buy();
  await buy();
  program.startCounter();
  await showBoth('4');
});
