/** One lane of a replay: the users dealt to it, one request at a time. */

import { RECENT_ORDERS } from '../tally.ts';
import { type ClientOptions, type SentOrders, sendOrders } from './replay-client.ts';
import { REPEAT_WITHIN_SENDS, type SampleSend } from './sample-stream.ts';

/** Sends of one user in one request: when it is sent again as a whole, all of them and what they repeat are still remembered. */
const SENDS_OF_USER_MAX = RECENT_ORDERS - REPEAT_WITHIN_SENDS;

/** How far a request looks for other users when one has too many sends: so many times its length. */
const LOOK_AHEAD = 4;

export interface LaneOptions extends ClientOptions {
  /** Sends in one request at the most; 1: each by itself. */
  readonly batch: number;
  readonly decided: (sends: readonly SampleSend[], sent: SentOrders) => void;
}

/**
 * Sends what is added, in order. While a request is under way, what is added gathers for the next one: a request that is
 * sent again meets nothing newer of its users.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #signal: AbortSignal;
  #waiting: SampleSend[] = [];
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
      const sends = this.#nextRequest();
      const orders = sends.map(({ order }) => order);
      this.#options.decided(sends, await sendOrders(orders, this.#options, this.#signal));
    }
    this.#work = undefined;
  }

  /** The next request: what waits the longest, but of no user more than may be sent at once. What is left keeps its order. */
  #nextRequest(): SampleSend[] {
    const request: SampleSend[] = [];
    const left: SampleSend[] = [];
    const ofUser = new Map<string, number>();
    for (const send of this.#waiting.splice(0, this.#options.batch * LOOK_AHEAD)) {
      const { user_id } = send.order;
      const sends = ofUser.get(user_id) ?? 0;
      if (request.length < this.#options.batch && sends < SENDS_OF_USER_MAX) {
        request.push(send);
        ofUser.set(user_id, sends + 1);
      } else {
        left.push(send);
        ofUser.set(user_id, SENDS_OF_USER_MAX);
      }
    }
    this.#waiting.unshift(...left);
    return request;
  }
}
