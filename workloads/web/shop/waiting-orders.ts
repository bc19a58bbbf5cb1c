/**
 * Orders that the server has not taken yet, as the browser keeps them: through a reload, and for all of its tabs. Those for which it
 * has no room are kept by the page, while it is open.
 */
import type { NewOrder } from '#workloads/web/api/types.ts';
import type { KeptItems } from '#workloads/web/browser/kept-values.ts';

/** One entry an order, named after the tab that is to send it: two tabs that add and remove at once do not undo each other. */
const STORED_AS = 'kaiseki.order.';
/** More are not kept, of all tabs. */
export const WAITING_MAX = 100;

interface Entry {
  readonly key: string;
  readonly tab: string;
  readonly order: NewOrder;
}

export class WaitingOrders {
  readonly #storage: KeptItems;
  readonly #tab: string;
  /** Those of this tab that the storage did not take. */
  readonly #own = new Set<NewOrder>();

  /** @param tab the tab whose orders these are; without a dot */
  constructor(storage: KeptItems, tab: string) {
    this.#storage = storage;
    this.#tab = tab;
  }

  /** Those that this tab is to send, the oldest first. */
  list(): readonly NewOrder[] {
    const stored = this.#entries().filter(({ tab }) => tab === this.#tab);
    return [...stored.map(({ order }) => order), ...this.#own].sort(byTime);
  }

  /** How many there are, of all tabs. */
  get count(): number {
    return this.#entries().length + this.#own.size;
  }

  /** The other tabs that have orders. */
  otherTabs(): ReadonlySet<string> {
    return new Set(this.#entries().flatMap(({ tab }) => (tab === this.#tab ? [] : [tab])));
  }

  /** Whether some will be lost with this page. */
  get areFleeting(): boolean {
    return this.#own.size > 0;
  }

  /** Keeps an order; false where too many are waiting. */
  add(order: NewOrder): boolean {
    if (this.count >= WAITING_MAX) return false;
    if (!this.#store(order)) this.#own.add(order);
    return true;
  }

  /** Forgets an order, whichever tab has it by now: another one may have adopted it while it was being sent. */
  remove(order: NewOrder): void {
    this.#own.delete(order);
    for (const entry of this.#entries()) if (entry.order.order_id === order.order_id) this.#storage.removeItem(entry.key);
  }

  /** Makes another tab's orders those of this one; those for which there is no room stay for the next page that is opened. */
  adopt(tab: string): void {
    for (const entry of this.#entries().filter((one) => one.tab === tab)) if (this.#store(entry.order)) this.#storage.removeItem(entry.key);
  }

  #store(order: NewOrder): boolean {
    try {
      this.#storage.setItem(nameOf(this.#tab, order), JSON.stringify(order));
      return true;
    } catch {
      // The browser gives the page no more room.
      return false;
    }
  }

  #entries(): readonly Entry[] {
    const keys = Array.from({ length: this.#storage.length }, (_, index) => this.#storage.key(index) ?? '');
    return keys
      .filter((key) => key.startsWith(STORED_AS))
      .flatMap((key) => {
        const text = this.#storage.getItem(key);
        const tab = key.slice(STORED_AS.length, key.lastIndexOf('.'));
        return text === null ? [] : [{ key, tab, order: JSON.parse(text) as NewOrder }];
      })
      .sort((one, other) => byTime(one.order, other.order));
  }
}

function byTime(one: NewOrder, other: NewOrder): number {
  return one.timestamp.localeCompare(other.timestamp);
}

function nameOf(tab: string, order: NewOrder): string {
  return `${STORED_AS}${tab}.${order.order_id}`;
}
