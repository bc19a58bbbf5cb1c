/** Many clients of ingest: they send batches, and single orders beside them, and keep what each answer said and how long it took. */
import { systemClock } from '#platform/clock/clock.ts';
import { Random } from '#platform/random/random.ts';
import { orderedNow } from './audit.testing.ts';
import type { Ledger } from './ledger.testing.ts';

/** One request, answered. */
export interface Answered {
  readonly orders: number;
  readonly accepted: number;
  /** 0: no answer came. */
  readonly status: number;
  /** The last part of a problem's `type`: `overloaded` or `unavailable`; empty where all is well. */
  readonly problem: string;
  readonly retryAfter: string | null;
  readonly latency_ms: number;
}

const BATCH = 250;
const USERS = 20_000;
const MENU_TYPES = ['washoku', 'yoshoku', 'kinoko', 'takenoko'];
/** A client that is refused comes back after this. */
const RETRY_MS = 250;
const SINGLES_A_SECOND = 40;

export class Crowd {
  readonly #url: string;
  readonly #ledger: Ledger;
  readonly #random = new Random(1);
  #orders = 0;

  constructor(url: string, ledger: Ledger) {
    this.#url = url;
    this.#ledger = ledger;
  }

  /** So many clients for so long, each with one batch under way at all times. */
  async press(clients: number, duration_ms: number): Promise<Answered[]> {
    const end_ms = systemClock.monotonic_ms() + duration_ms;
    const answers: Answered[] = [];
    const work = Array.from({ length: clients }, async () => {
      while (systemClock.monotonic_ms() < end_ms) {
        const answer = await this.#send(BATCH);
        answers.push(answer);
        if (answer.accepted === 0) await systemClock.sleep(RETRY_MS);
      }
    });
    await Promise.all(work);
    return answers;
  }

  /** Batches at a rate that asks nobody whether it suits (orders a second), and some single orders. Resolves with the last answer. */
  async flood(ordersPerSecond: number, duration_ms: number): Promise<{ readonly batches: Answered[]; readonly singles: Answered[] }> {
    const [batches, singles] = await Promise.all([
      this.#pace(BATCH, ordersPerSecond / BATCH, duration_ms),
      this.#pace(1, SINGLES_A_SECOND, duration_ms),
    ]);
    return { batches, singles };
  }

  async #pace(orders: number, requestsPerSecond: number, duration_ms: number): Promise<Answered[]> {
    const start_ms = systemClock.monotonic_ms();
    const requests = Math.ceil((requestsPerSecond * duration_ms) / 1_000);
    const answers: Promise<Answered>[] = [];
    while (answers.length < requests) {
      const due = Math.floor(((systemClock.monotonic_ms() - start_ms) * requestsPerSecond) / 1_000);
      while (answers.length < Math.min(due, requests)) answers.push(this.#send(orders));
      await systemClock.sleep(5);
    }
    return Promise.all(answers);
  }

  async #send(count: number): Promise<Answered> {
    const orders = Array.from({ length: count }, () => this.#order());
    const sent_ms = systemClock.monotonic_ms();
    const answer = await this.#post(orders).catch(() => undefined);
    const latency_ms = systemClock.monotonic_ms() - sent_ms;
    const refused = new Set(answer?.body.refused?.map(({ index }) => index));
    const taken = answer !== undefined && answer.status < 300;
    orders.forEach(({ order_id }, index) => {
      this.#ledger.note(order_id, taken && !refused.has(index) ? 'accepted' : 'unknown');
    });
    return {
      orders: count,
      accepted: taken ? count - refused.size : 0,
      status: answer?.status ?? 0,
      problem: answer?.body.type?.split(':').at(-1) ?? '',
      retryAfter: answer?.retryAfter ?? null,
      latency_ms,
    };
  }

  async #post(orders: readonly object[]) {
    const alone = orders.length === 1;
    const response = await fetch(`${this.#url}/api/log${alone ? '' : '/batch'}`, {
      method: 'POST',
      headers: { 'Content-Type': alone ? 'application/json' : 'application/x-ndjson' },
      body: orders.map((order) => JSON.stringify(order)).join('\n'),
    });
    const body: { type?: string; refused?: { index: number }[] } = JSON.parse(await response.text());
    return { status: response.status, retryAfter: response.headers.get('Retry-After'), body };
  }

  #order() {
    const number = this.#orders++;
    return {
      order_id: `crowd-${number}`,
      user_id: `user-${this.#random.below(USERS)}`,
      timestamp: orderedNow(),
      menu_type: MENU_TYPES[number % MENU_TYPES.length] ?? '',
    };
  }
}
