import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from '#platform/clock/manual-clock.testing.ts';
import { ApiError, type Problem } from '#workloads/web/api/problem.ts';
import type { NewOrder } from '#workloads/web/api/types.ts';
import { type KeptItems, pageStorage } from '#workloads/web/browser/kept-values.ts';
import type { Presence } from '#workloads/web/live/presence.ts';
import { DOUBLE_CLICK_MS, Outbox, type Outcome } from './outbox.ts';
import type { Tabs } from './tabs.ts';
import { WAITING_MAX, WaitingOrders } from './waiting-orders.ts';

/** What a browser keeps, for a test. */
function storage(): KeptItems {
  const kept = pageStorage();
  kept.setItem('kaiseki.language', 'ja');
  return kept;
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
let stop = () => {};
afterEach(() => stop());

/** Tabs of one browser, as the test closes them. */
class Browser {
  readonly #waiting = new Map<string, (() => void)[]>();

  tabs(): Tabs {
    return {
      stayOpen: () => undefined,
      whenGone: (other, adopt) => void this.#waiting.set(other, [...(this.#waiting.get(other) ?? []), adopt]),
    };
  }

  close(tab: string): void {
    for (const adopt of this.#waiting.get(tab) ?? []) adopt();
    this.#waiting.delete(tab);
  }
}

function open(kept = storage(), tab = 'one', browser = new Browser()) {
  const clock = new ManualClock();
  const waiting = new WaitingOrders(kept, tab);
  const sent: NewOrder[] = [];
  const told: Outcome[] = [];
  const woken = new Set<() => void>();
  const presence: Presence = { visible: () => Promise.resolve(), onWake: (listener) => void woken.add(listener) };
  let problem: Problem | undefined;
  let ids = 0;
  const outbox = new Outbox({
    waiting,
    tabs: browser.tabs(),
    send: async (order) => {
      sent.push(order);
      if (problem) throw new ApiError(problem);
    },
    userId: 'guest-1',
    newId: () => `${tab}-${++ids}`,
    clock,
    presence,
  });
  return {
    clock,
    outbox,
    waiting,
    sent,
    told,
    start: () => {
      stop = outbox.start((outcome) => void told.push(outcome));
    },
    answer: (next: Problem | undefined) => {
      problem = next;
    },
    wake: async () => {
      for (const listener of woken) listener();
      await settle();
    },
    order: async (menuType = 'kinoko') => {
      const made = outbox.order(menuType);
      await settle();
      clock.advance(DOUBLE_CLICK_MS);
      await settle();
      return made;
    },
  };
}

describe('Outbox', () => {
  it('sends an order once, with an id of its own', async () => {
    const { order, sent, told, waiting, start } = open();
    start();
    await order();
    await order('takenoko');
    expect(sent.map(({ order_id, user_id, menu_type }) => [order_id, user_id, menu_type])).toEqual([
      ['one-1', 'guest-1', 'kinoko'],
      ['one-2', 'guest-1', 'takenoko'],
    ]);
    expect(told.map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
    expect(waiting.list()).toEqual([]);
  });

  it('takes two clicks in a row for one order, and a later one, or one on another button, for another', async () => {
    const { outbox, clock, sent, start } = open();
    start();
    expect([outbox.order('kinoko'), outbox.order('kinoko'), outbox.order('takenoko')]).toEqual(['made', 'again', 'made']);
    clock.advance(DOUBLE_CLICK_MS);
    expect(outbox.order('takenoko')).toBe('made');
    await settle();
    expect(sent).toHaveLength(3);
  });

  it('keeps what nobody answers, sends it again under the same id, and the rest after it in their order', async () => {
    const { order, sent, told, waiting, start, answer, wake } = open();
    start();
    answer({ kind: 'unreachable' });
    for (let made = 0; made < 3; made++) await order();
    expect(waiting.list()).toHaveLength(3);
    expect(told.every(({ kind }) => kind === 'kept')).toBe(true);
    answer(undefined);
    const before = sent.length;
    await wake();
    expect(sent.slice(before).map(({ order_id }) => order_id)).toEqual(['one-1', 'one-2', 'one-3']);
    expect(waiting.list()).toEqual([]);
  });

  it('goes on after a reload with what was waiting', async () => {
    const kept = storage();
    const browser = new Browser();
    const before = open(kept);
    await before.order();
    const after = open(kept, 'two', browser);
    after.start();
    browser.close('one');
    await settle();
    expect(after.sent.map(({ order_id }) => order_id)).toEqual(['one-1']);
    expect(after.waiting.count).toBe(0);
  });

  it('leaves the orders of another tab to it until it has gone; then sends them, in one of the tabs that are left', async () => {
    const [kept, browser] = [storage(), new Browser()];
    const closed = open(kept, 'one', browser);
    const [second, third] = [open(kept, 'two', browser), open(kept, 'three', browser)];
    const stops = [second, third].map(({ start }) => {
      start();
      return stop;
    });
    await closed.order();
    await closed.order('takenoko');
    for (const { outbox } of [second, third, second]) outbox.watchOtherTabs();
    await settle();
    expect([...second.sent, ...third.sent]).toEqual([]);
    expect(second.waiting.count).toBe(2);
    browser.close('one');
    await settle();
    expect([...second.sent, ...third.sent].map(({ order_id }) => order_id)).toEqual(['one-1', 'one-2']);
    expect(second.waiting.count).toBe(0);
    for (const one of stops) one();
  });

  it('forgets an order that another tab has adopted while it was being sent', async () => {
    const [kept, browser] = [storage(), new Browser()];
    const [slow, other] = [open(kept, 'one', browser), open(kept, 'two', browser)];
    slow.outbox.order('kinoko');
    slow.start();
    other.waiting.adopt('one');
    await settle();
    expect(slow.told.map(({ kind }) => kind)).toEqual(['accepted']);
    expect(other.waiting.count).toBe(0);
  });

  it('leaves the orders of a tab that has gone where they are, when the browser has no room to move them', async () => {
    const [kept, browser] = [storage(), new Browser()];
    const closed = open(kept, 'one', browser);
    await closed.order();
    kept.setItem = () => {
      throw new DOMException('no more room', 'QuotaExceededError');
    };
    const left = open(kept, 'two', browser);
    left.start();
    browser.close('one');
    await settle();
    expect(left.sent).toEqual([]);
    expect(closed.waiting.list()).toHaveLength(1);
  });

  it('keeps orders in the page, and sends them, where the browser has no room for them', async () => {
    const kept = storage();
    const stored = open(kept);
    await stored.order();
    expect(stored.waiting.areFleeting).toBe(false);
    kept.setItem = () => {
      throw new DOMException('no more room', 'QuotaExceededError');
    };
    await stored.order();
    expect([stored.waiting.count, stored.waiting.list().length, stored.waiting.areFleeting]).toEqual([2, 2, true]);
    stored.start();
    await settle();
    expect(stored.told.map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
    expect([stored.waiting.count, stored.waiting.areFleeting]).toEqual([0, false]);
  });

  it('gives up what is refused for good, and keeps what is refused for now', async () => {
    for (const [status, kind] of [
      [422, 'refused'],
      [401, 'kept'],
      [403, 'kept'],
      [429, 'kept'],
      [503, 'kept'],
    ] as const) {
      const { order, told, waiting, start, answer } = open();
      start();
      answer({ kind: 'answered', status });
      await order();
      expect(told[0]?.kind).toBe(kind);
      expect(waiting.list()).toHaveLength(kind === 'kept' ? 1 : 0);
      stop();
    }
  });

  it('keeps no more than it has room for', async () => {
    const { order, waiting } = open();
    for (let made = 0; made < WAITING_MAX; made++) expect(await order()).toBe('made');
    expect(await order()).toBe('full');
    expect(waiting.list()).toHaveLength(WAITING_MAX);
  });
});
