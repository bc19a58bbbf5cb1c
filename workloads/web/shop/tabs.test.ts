import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from '#platform/clock/manual-clock.testing.ts';
import type { NewOrder } from '#workloads/web/api/types.ts';
import { Outbox } from './outbox.ts';
import { ANSWER_MS, ASK_AGAIN_MS, tabsWithoutLocks } from './tabs.ts';
import { WaitingOrders } from './waiting-orders.ts';

/** Lets everything run that waits for nothing but its turn. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** More are of tabs that take each other's orders without end; nobody is told of those. */
const WRITES_MAX = 50;

let end = () => {};
afterEach(() => end());

/** A browser without locks: what one tab says or stores, all others hear. */
class Browser {
  readonly clock = new ManualClock();
  readonly sent: string[] = [];
  readonly #kept = new Map<string, string>();
  readonly #channels = new Set<EventTarget>();
  readonly #tabs = new Map<string, { readonly outbox: Outbox; readonly close: () => void }>();
  writes = 0;
  answers = false;

  constructor() {
    end = () => {
      for (const { close } of this.#tabs.values()) close();
    };
  }

  open(tab: string) {
    const waiting = new WaitingOrders(this.#storage(tab), tab);
    const channel = this.#channel();
    let ids = 0;
    const outbox = new Outbox({
      waiting,
      tabs: tabsWithoutLocks(tab, channel, this.clock),
      send: async (order: NewOrder) => {
        if (!this.answers) throw new TypeError('nobody answers');
        this.sent.push(order.order_id);
      },
      userId: 'guest-1',
      newId: () => `${tab}-${++ids}`,
      clock: this.clock,
      presence: { visible: () => Promise.resolve(), onWake: () => undefined },
    });
    const stop = outbox.start(() => undefined);
    const close = () => {
      this.#tabs.delete(tab);
      this.#channels.delete(channel);
      stop();
    };
    this.#tabs.set(tab, { outbox, close });
    return { waiting, close, order: () => outbox.order('kinoko') };
  }

  /** From now on, no tab hears what another one says: as where the browser has put them to sleep. */
  deafen(): void {
    this.#channels.clear();
  }

  /** Lets time go by in steps in which nothing is overlooked. */
  async pass(duration_ms: number): Promise<void> {
    for (let step = 0; step < duration_ms; step += 500) {
      await settle();
      this.clock.advance(500);
    }
    await settle();
  }

  #storage(tab: string) {
    const kept = this.#kept;
    const tell = () => {
      this.writes++;
      if (this.writes > WRITES_MAX) return;
      for (const [name, { outbox }] of this.#tabs) if (name !== tab) queueMicrotask(() => outbox.watchOtherTabs());
    };
    return {
      get length() {
        return kept.size;
      },
      key: (index: number) => [...kept.keys()][index] ?? null,
      getItem: (key: string) => kept.get(key) ?? null,
      setItem(key: string, value: string) {
        kept.set(key, value);
        tell();
      },
      removeItem(key: string) {
        if (kept.delete(key)) tell();
      },
    };
  }

  #channel() {
    const others = this.#channels;
    const channel = Object.assign(new EventTarget(), {
      postMessage(data: unknown) {
        for (const other of others) if (other !== channel) other.dispatchEvent(new MessageEvent('message', { data }));
      },
    });
    others.add(channel);
    return channel;
  }
}

describe('tabsWithoutLocks', () => {
  it('leaves each tab its orders as long as it answers, however long the server does not', async () => {
    const browser = new Browser();
    const [one, two] = [browser.open('one'), browser.open('two')];
    one.order();
    two.order();
    await browser.pass(3 * (ANSWER_MS + ASK_AGAIN_MS));
    expect([one, two].map(({ waiting }) => waiting.list().map(({ order_id }) => order_id))).toEqual([['one-1'], ['two-1']]);
    expect(browser.writes).toBe(2);
    browser.answers = true;
    await browser.pass(ASK_AGAIN_MS);
    expect(browser.sent.sort()).toEqual(['one-1', 'two-1']);
    expect(one.waiting.count).toBe(0);
    expect(browser.writes).toBe(4);
  });

  it('gives the orders of a tab that has gone to another one, at whatever time it goes', async () => {
    const browser = new Browser();
    const [one, two] = [browser.open('one'), browser.open('two')];
    one.order();
    await browser.pass(ANSWER_MS + ASK_AGAIN_MS);
    one.order();
    one.close();
    browser.answers = true;
    await browser.pass(2 * (ANSWER_MS + ASK_AGAIN_MS));
    expect(browser.sent).toEqual(['one-1', 'one-2']);
    expect(two.waiting.count).toBe(0);
  });

  it('ends though no tab hears another one: each order is sent, and none is left', async () => {
    const browser = new Browser();
    const tabs = ['one', 'two', 'three'].map((tab) => browser.open(tab));
    browser.deafen();
    for (const { order } of tabs) order();
    await browser.pass(3 * (ANSWER_MS + ASK_AGAIN_MS));
    browser.answers = true;
    await browser.pass(ANSWER_MS + ASK_AGAIN_MS);
    expect(new Set(browser.sent)).toEqual(new Set(['one-1', 'two-1', 'three-1']));
    expect(tabs[0]?.waiting.count).toBe(0);
    expect(browser.writes).toBeLessThanOrEqual(WRITES_MAX);
  });
});
