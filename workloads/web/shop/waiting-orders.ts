/** Orders that the server has not taken yet, as the browser keeps them: through a reload, and for all of its tabs. */
import type { NewOrder } from '#workloads/web/api/types.ts';

/** One entry an order: two tabs that add and remove at once do not undo each other. */
const STORED_AS = 'kaiseki.order.';
/** More are not kept. */
export const WAITING_MAX = 100;

export type OrderStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

export class WaitingOrders {
  readonly #storage: OrderStorage;

  constructor(storage: OrderStorage) {
    this.#storage = storage;
  }

  /** The oldest first. */
  list(): readonly NewOrder[] {
    const keys = Array.from({ length: this.#storage.length }, (_, index) => this.#storage.key(index) ?? '');
    return keys
      .filter((key) => key.startsWith(STORED_AS))
      .flatMap((key) => {
        const text = this.#storage.getItem(key);
        return text === null ? [] : [JSON.parse(text) as NewOrder];
      })
      .sort((one, other) => one.timestamp.localeCompare(other.timestamp));
  }

  /** Keeps an order; false where there is no room for it. */
  add(order: NewOrder): boolean {
    if (this.list().length >= WAITING_MAX) return false;
    try {
      this.#storage.setItem(STORED_AS + order.order_id, JSON.stringify(order));
      return true;
    } catch {
      // The browser gives the page no more room.
      return false;
    }
  }

  remove(order: NewOrder): void {
    this.#storage.removeItem(STORED_AS + order.order_id);
  }
}
