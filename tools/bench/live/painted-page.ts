/** A page in a real browser that notes when it has painted each number. */
import type { Browser, Page } from 'playwright-core';
import { openPage } from '#workloads/web/browser.testing.ts';

const CELL = '.all-orders [data-segment="kinoko"] td';
/** How often the browser is asked; it has noted the time itself. */
const LOOK_MS = 20;

export class PaintedPage {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Opens /snack.html of a server. */
  static async open(browser: Browser, address: string): Promise<PaintedPage> {
    const { page } = await openPage(browser, `${address}/snack.html`);
    await page.locator(CELL).first().waitFor();
    await recordPaints(page);
    return new PaintedPage(page);
  }

  /** When it had first painted at least so many mushrooms, in milliseconds since the epoch; waits until it has. */
  async paintedAt_ms(mushrooms: number): Promise<number> {
    const handle = await this.#page.waitForFunction((wanted) => window.paintedAt_ms?.(wanted), mushrooms, { polling: LOOK_MS });
    return Number(await handle.jsonValue());
  }
}

declare global {
  interface Window {
    paintedAt_ms?: (mushrooms: number) => number | undefined;
  }
}

/** Lets the page note when each number has been painted: after the frame in which it changed. */
async function recordPaints(page: Page): Promise<void> {
  await page.evaluate((selector) => {
    const cell = document.querySelector(selector);
    if (!cell) throw new Error('the page shows no mushrooms');
    const painted: { readonly number: number; readonly at_ms: number }[] = [];
    window.paintedAt_ms = (wanted) => painted.find(({ number }) => number >= wanted)?.at_ms;
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
  }, CELL);
}
