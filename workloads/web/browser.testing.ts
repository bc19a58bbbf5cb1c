/** A real browser, and what tests of every page ask of it. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
/** Nothing that a browser does on its own account. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

export interface OpenPage {
  readonly page: Page;
  /** What the browser complained about: broken rules of the content security policy, errors of scripts, failed requests. */
  readonly complaints: readonly string[];
}

/** Opens an address as a new person would: nothing remembered. */
export async function openPage(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(address);
  return { page, complaints };
}

/** How many pixels of the page lie beyond the right edge of the screen. */
export function overflow_px(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Controls without a name, images and charts without one, doubled ids, headings that skip a level. */
export function flawsOfStructure(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const flaws: string[] = [];
    const tell = (flaw: string, element: Element) => flaws.push(`${flaw}: ${element.outerHTML.slice(0, 120)}`);
    const isNamed = (element: Element) => {
      const labelled = element
        .getAttribute('aria-labelledby')
        ?.split(' ')
        .map((id) => document.getElementById(id)?.textContent ?? '');
      const labels =
        element instanceof HTMLInputElement ? [...(element.labels ?? [])].map((label) => label.textContent) : [element.textContent];
      return [element.getAttribute('aria-label') ?? '', ...(labelled ?? []), ...labels].some((text) => text.trim() !== '');
    };
    for (const element of document.querySelectorAll('a, button, input, canvas, [role=img], dialog, nav, section[aria-labelledby]'))
      if (!isNamed(element)) tell('no name', element);
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    for (const id of ids.filter((one, index) => ids.indexOf(one) !== index)) flaws.push(`id twice: ${id}`);
    let level = 0;
    for (const heading of document.querySelectorAll('h1, h2, h3')) {
      const next = Number(heading.tagName.slice(1));
      if (next > level + 1) tell('heading skips a level', heading);
      level = next;
    }
    if (document.querySelectorAll('h1').length !== 1) flaws.push('not one h1');
    if (document.querySelectorAll('main').length !== 1) flaws.push('not one main');
    return flaws;
  });
}

/** Texts whose contrast to what is behind them is below 4.5 to 1 (WCAG 2.2, 1.4.3); disabled controls do not count. */
export function textsOfLowContrast(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    type Color = readonly [number, number, number, number];
    const read = (text: string): Color => {
      const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
      return [red, green, blue, alpha];
    };
    const luminance = ([red, green, blue]: Color) => {
      const [r = 0, g = 0, b = 0] = [red, green, blue].map((part) => {
        const share = part / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element: Element): Color => {
      for (let at: Element | null = element; at; at = at.parentElement) {
        const color = read(getComputedStyle(at).backgroundColor);
        if (color[3] === 1) return color;
      }
      return [255, 255, 255, 1];
    };
    const low: string[] = [];
    for (const element of document.querySelectorAll('body *')) {
      const text = [...element.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE)
        .map((node) => node.textContent ?? '')
        .join('')
        .trim();
      if (text === '' || !element.checkVisibility() || element.closest(':disabled, script, noscript')) continue;
      const [bright = 0, dark = 0] = [luminance(read(getComputedStyle(element).color)), luminance(behind(element))].toSorted(
        (a, b) => b - a,
      );
      const contrast = (bright + 0.05) / (dark + 0.05);
      if (contrast < 4.5) low.push(`${contrast.toFixed(2)} ${text}`);
    }
    return low;
  });
}
