/** Orders that the server has not taken yet, as the browser keeps them: through a reload, and for all of its tabs. */
import type { NewOrder } from '#workloads/web/api/types.ts';

/** One entry an order, named after the tab that is to send it: two tabs that add and remove at once do not undo each other. */
const STORED_AS = 'kaiseki.order.';
/** More are not kept, of all tabs. */
export const WAITING_MAX = 100;

export type OrderStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

interface Entry {
  readonly key: string;
  readonly tab: string;
  readonly order: NewOrder;
}

export class WaitingOrders {
  readonly #storage: OrderStorage;
  readonly #tab: string;

  /** @param tab the tab whose orders these are; without a dot */
  constructor(storage: OrderStorage, tab: string) {
    this.#storage = storage;
    this.#tab = tab;
  }

  /** Those that this tab is to send, the oldest first. */
  list(): readonly NewOrder[] {
    return this.#entries()
      .filter(({ tab }) => tab === this.#tab)
      .map(({ order }) => order);
  }

  /** How many there are, of all tabs. */
  get count(): number {
    return this.#entries().length;
  }

  /** The other tabs that have orders. */
  otherTabs(): ReadonlySet<string> {
    return new Set(this.#entries().flatMap(({ tab }) => (tab === this.#tab ? [] : [tab])));
  }

  /** Keeps an order; false where there is no room for it. */
  add(order: NewOrder): boolean {
    return this.count < WAITING_MAX && this.#store(order);
  }

  /** Forgets an order, whichever tab has it by now: another one may have adopted it while it was being sent. */
  remove(order: NewOrder): void {
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
      .sort((one, other) => one.order.timestamp.localeCompare(other.order.timestamp));
  }
}

function nameOf(tab: string, order: NewOrder): string {
  return `${STORED_AS}${tab}.${order.order_id}`;
}
