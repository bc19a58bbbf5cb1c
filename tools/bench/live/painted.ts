/** From an order's POST to its number painted in a browser of somebody else, while others order. */
import type { Page } from 'playwright-core';
import { systemClock as clock } from '#platform/clock/clock.ts';
import { launchBrowser, openPage } from '#workloads/web/browser.testing.ts';
import { Connection, requestBytes } from '../connection.ts';
import { atMost, type Figure, quantileOf } from '../figures.ts';
import { startWorkloads, temporaryDirectory } from '../program.ts';
import { steadyOrders } from './steady-orders.ts';

export interface PaintedSizes {
  readonly rounds: number;
  readonly probes: number;
  readonly ordersPerSecond: number;
}

/** Between two probes: not a multiple of the rounds in which changes are pushed. */
const PAUSE_MS = 137;
const WARM_UP_MS = 3_000;
const GOAL_P99_MS = 400;

export async function measurePainted({ rounds, probes, ordersPerSecond }: PaintedSizes): Promise<Figure[]> {
  using directory = temporaryDirectory();
  await using program = await startWorkloads(['all'], { KAISEKI_DATA_DIR: directory.path });
  const browser = await launchBrowser();
  try {
    const { page } = await openPage(browser, `${program.address}/snack.html`);
    await page.locator('.all-orders [data-segment="kinoko"] td').first().waitFor();
    await recordPaints(page);
    const connection = await Connection.open(program.address);
    const [medians, slowest, rates]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round++) {
      const others = await steadyOrders(program.address, ordersPerSecond, round);
      await clock.sleep(WARM_UP_MS);
      const latencies_ms: number[] = [];
      for (let probe = 0; probe < probes; probe++) latencies_ms.push(await probeOnce(connection, page, round * probes + probe + 1));
      rates.push((await others.stop()).perSecond);
      medians.push(quantileOf(latencies_ms, 0.5));
      slowest.push(quantileOf(latencies_ms, 0.99));
    }
    connection.close();
    return [
      { what: 'orders of others while it was measured', unit: 'orders/s', values: rates },
      { what: `POST → painted in a second browser, p50 of ${probes}`, unit: 'ms', values: medians },
      { what: `POST → painted in a second browser, p99 of ${probes}`, unit: 'ms', values: slowest, goal: atMost(GOAL_P99_MS) },
    ];
  } finally {
    await browser.close();
  }
}

/** Sends the `number`-th mushroom, and waits until the page has painted so many: milliseconds. */
async function probeOnce(connection: Connection, page: Page, number: number): Promise<number> {
  const sent_ms = clock.now_ms();
  const order = { user_id: `prober-${number}`, timestamp: new Date(sent_ms).toISOString(), menu_type: 'kinoko' };
  const { status, body } = await connection.request(requestBytes('POST', '/api/log', 'application/json', JSON.stringify(order)));
  if (status !== 202) throw new Error(`the order was answered with ${status}: ${body}`);
  const handle = await page.waitForFunction((wanted) => window.paintedAt?.(wanted), number, { polling: 20 });
  const painted_ms = Number(await handle.jsonValue());
  await clock.sleep(PAUSE_MS);
  return painted_ms - sent_ms;
}

declare global {
  interface Window {
    /** When the page had first painted at least so many mushrooms, in milliseconds since the epoch. */
    paintedAt?: (number: number) => number | undefined;
  }
}

/** Lets the page note when each number has been painted: after the frame in which it changed. */
async function recordPaints(page: Page): Promise<void> {
  await page.evaluate(() => {
    const cell = document.querySelector('.all-orders [data-segment="kinoko"] td');
    if (!cell) throw new Error('the page shows no mushrooms');
    const painted: { readonly number: number; readonly at_ms: number }[] = [];
    window.paintedAt = (wanted) => painted.find(({ number }) => number >= wanted)?.at_ms;
    const note = () => {
      const number = Number((cell.textContent ?? '').replaceAll(/\D/g, ''));
      // A message posted in a frame is handled once that frame is painted.
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ timeStamp }) => painted.push({ number, at_ms: performance.timeOrigin + timeStamp });
        port2.postMessage(undefined);
      });
    };
    new MutationObserver(note).observe(cell, { characterData: true, childList: true, subtree: true });
  });
}
