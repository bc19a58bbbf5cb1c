/** Sends own orders, the oldest first, until the server has taken or refused them: each is counted once, however often it is sent. */

import type { Clock } from '#platform/clock/clock.ts';
import { type Problem, problemIn } from '#workloads/web/api/problem.ts';
import type { NewOrder } from '#workloads/web/api/types.ts';
import { firstAborted } from '#workloads/web/browser/first-aborted.ts';
import { backoff_ms } from '#workloads/web/live/polling.ts';
import { type Presence, sleepUntilWoken } from '#workloads/web/live/presence.ts';
import type { Tabs } from './tabs.ts';
import type { WaitingOrders } from './waiting-orders.ts';

/** A second click on the same button within this time is the same order. */
export const DOUBLE_CLICK_MS = 500;

export interface OutboxOptions {
  readonly waiting: WaitingOrders;
  readonly tabs: Tabs;
  /** Resolves when the order is durable. @throws ApiError, or whatever `fetch` throws */
  readonly send: (order: NewOrder, signal: AbortSignal) => Promise<void>;
  readonly userId: string;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly presence: Presence;
}

/** What became of an order. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly order: NewOrder }
  | { readonly kind: 'refused'; readonly order: NewOrder; readonly problem: Problem }
  /** Nobody answers; it is kept and sent again. */
  | { readonly kind: 'kept'; readonly order: NewOrder };

export class Outbox {
  readonly #options: OutboxOptions;
  #last: { readonly order: NewOrder; readonly made_ms: number } | undefined;
  #nap = new AbortController();
  /** Other tabs whose end is waited for, or was. */
  readonly #watched = new Set<string>();
  #stopped = new AbortController();

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Makes an order. `again`: it is the one before, clicked twice. `full`: too many are waiting. */
  order(menuType: string): 'made' | 'again' | 'full' {
    const { clock, newId, userId, waiting } = this.#options;
    const now_ms = clock.monotonic_ms();
    if (this.#last?.order.menu_type === menuType && now_ms - this.#last.made_ms < DOUBLE_CLICK_MS) return 'again';
    const order = { order_id: newId(), user_id: userId, timestamp: new Date(clock.now_ms()).toISOString(), menu_type: menuType };
    if (!waiting.add(order)) return 'full';
    this.#last = { order, made_ms: now_ms };
    this.#nap.abort();
    return 'made';
  }

  /** Sends what is waiting, and what will be, until the returned function is called; what a tab leaves behind that has gone, too. */
  start(tell: (outcome: Outcome) => void): () => void {
    this.#stopped = new AbortController();
    const { signal } = this.#stopped;
    this.#options.tabs.stayOpen(signal);
    this.watchOtherTabs();
    void this.#run(tell, signal);
    return () => {
      this.#stopped.abort();
      this.#watched.clear();
    };
  }

  /** To be called when another tab has changed what is waiting. */
  watchOtherTabs(): void {
    const { tabs, waiting } = this.#options;
    const { signal } = this.#stopped;
    for (const tab of waiting.otherTabs()) {
      if (this.#watched.has(tab)) continue;
      this.#watched.add(tab);
      // Once and for all: a tab that opens again has another name.
      const adopt = () => {
        waiting.adopt(tab);
        this.#nap.abort();
      };
      tabs.whenGone(tab, adopt, signal);
    }
  }

  async #run(tell: (outcome: Outcome) => void, signal: AbortSignal): Promise<void> {
    const { clock, presence, waiting } = this.#options;
    for (let failures = 0; !signal.aborted; ) {
      const [order] = waiting.list();
      if (order === undefined) {
        await this.#untilOrdered(signal);
        continue;
      }
      const outcome = await this.#send(order, signal);
      if (signal.aborted) return;
      if (outcome.kind !== 'kept') waiting.remove(order);
      tell(outcome);
      failures = outcome.kind === 'kept' ? failures + 1 : 0;
      if (failures > 0) await sleepUntilWoken(backoff_ms(failures), signal, clock, presence);
    }
  }

  async #send(order: NewOrder, signal: AbortSignal): Promise<Outcome> {
    try {
      await this.#options.send(order, signal);
      return { kind: 'accepted', order };
    } catch (error) {
      const problem = problemIn(error);
      return isRefusal(problem) ? { kind: 'refused', order, problem } : { kind: 'kept', order };
    }
  }

  #untilOrdered(signal: AbortSignal): Promise<void> {
    this.#nap = new AbortController();
    const until = firstAborted([signal, this.#nap.signal]);
    return new Promise((resolve) => {
      if (until.aborted) return resolve();
      until.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}

/** What another key or another moment may change: 401, 403, 408 and 429. */
const PASSING = new Set([401, 403, 408, 429]);

/** Answers that sending again would not change: what is wrong with the order. */
function isRefusal(problem: Problem): boolean {
  return problem.kind === 'answered' && problem.status >= 400 && problem.status < 500 && !PASSING.has(problem.status);
}
