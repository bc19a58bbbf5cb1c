/** Thousands of viewers over WebSocket in this process. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { systemClock as clock } from '#platform/clock/clock.ts';
import type { LivePush } from '#workloads/orders/live/live-message.ts';

/** Connections that are being made at once. */
const OPENING = 100;
const SETTLE_MS_MAX = 60_000;

class ViewerConnection {
  readonly #socket: WebSocket;
  readonly #orders = new Map<string, number>();
  messages = 0;

  constructor(address: string, dimension: string) {
    this.#socket = new WebSocket(`${address.replace('http', 'ws')}/live?dimension=${dimension}`, { perMessageDeflate: false });
    this.#socket.on('message', (data) => {
      this.messages++;
      const push: LivePush = JSON.parse(String(data));
      for (const { segment, orders } of push.all) this.#orders.set(segment, orders);
    });
  }

  async opened(): Promise<this> {
    await once(this.#socket, 'message');
    return this;
  }

  /** Orders of all segments, as this viewer shows them. */
  get sum(): number {
    return this.#orders.values().reduce((total, orders) => total + orders, 0);
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  close(): void {
    this.#socket.terminate();
  }
}

export class Viewers implements Disposable {
  readonly #connections: ViewerConnection[] = [];

  async open(address: string, dimension: string, count: number): Promise<void> {
    while (this.#connections.length < count) {
      const some = Math.min(OPENING, count - this.#connections.length);
      this.#connections.push(...(await Promise.all(Array.from({ length: some }, () => new ViewerConnection(address, dimension).opened()))));
    }
  }

  /** Messages that one viewer has heard: the first one's. */
  get messages(): number {
    return this.#connections[0]?.messages ?? 0;
  }

  /** How long until every viewer shows that many orders, in milliseconds. @throws Error when one never does or has gone */
  async converged(orders: number): Promise<number> {
    const began_ms = clock.monotonic_ms();
    const late = () => this.#connections.filter((viewer) => viewer.sum !== orders).length;
    while (late() > 0) {
      if (clock.monotonic_ms() - began_ms > SETTLE_MS_MAX) throw new Error(`${late()} viewers do not show ${orders} orders`);
      await clock.sleep(10);
    }
    const gone = this.#connections.filter((viewer) => !viewer.isOpen).length;
    if (gone > 0) throw new Error(`${gone} viewers were cut off`);
    return clock.monotonic_ms() - began_ms;
  }

  [Symbol.dispose](): void {
    for (const viewer of this.#connections) viewer.close();
  }
}
