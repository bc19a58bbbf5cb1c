/** One lane of a replay: the users dealt to it, one request at a time. */
import { type ClientOptions, type SentOrders, sendOrders } from './replay-client.ts';
import type { SampleSend } from './sample-stream.ts';

export interface LaneOptions extends ClientOptions {
  /** Sends in one request at the most; 1: each by itself. */
  readonly batch: number;
  readonly decided: (sends: readonly SampleSend[], sent: SentOrders) => void;
}

/**
 * Sends what is added, in order. While a request is under way, what is added gathers for the next one: a request that is
 * sent again overtakes nothing of its users.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #signal: AbortSignal;
  readonly #waiting: SampleSend[] = [];
  #work: Promise<void> | undefined;

  /** @param signal ends the lane: what waits then is not sent */
  constructor(options: LaneOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  add(send: SampleSend): void {
    this.#waiting.push(send);
    this.#work ??= this.#run();
  }

  /** Resolves when nothing waits and nothing is under way. */
  async drained(): Promise<void> {
    await this.#work;
  }

  async #run(): Promise<void> {
    // What is added in the same turn belongs into the first request too.
    await Promise.resolve();
    while (this.#waiting.length > 0 && !this.#signal.aborted) {
      const sends = this.#waiting.splice(0, this.#options.batch);
      const orders = sends.map(({ order }) => order);
      this.#options.decided(sends, await sendOrders(orders, this.#options, this.#signal));
    }
    this.#work = undefined;
  }
}
