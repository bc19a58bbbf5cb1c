/**
 * How much each of many names may do in a time: the generic cell rate algorithm (ITU-T I.371), which keeps one number a
 * name. A name that rested may do a whole minute's worth at once; then it goes on at the rate.
 */

const MINUTE_MS = 60_000;

export interface RateLimits {
  /** How much a name may do in a minute, and at once. */
  readonly perMinute: number;
  /** Names that are remembered. Of more, those that did nothing for longest are forgotten: they begin anew. */
  readonly names: number;
}

export class RateLimiter {
  readonly #limits: RateLimits;
  /** Name → when all that it did will have been paid for, in milliseconds. The one that did something last stands last. */
  readonly #paid_ms = new Map<string, number>();

  constructor(limits: RateLimits) {
    this.#limits = limits;
  }

  /** How many names are remembered. */
  get size(): number {
    return this.#paid_ms.size;
  }

  /**
   * Takes `amount` of what the name may do at `now_ms`. Returns 0; or, where it may not, the milliseconds until it may:
   * then nothing is taken. For more than a minute's worth that is Infinity.
   */
  take(name: string, amount: number, now_ms: number): number {
    const wait_ms = this.wait_ms(name, amount, now_ms);
    if (wait_ms === 0) this.charge(name, amount, now_ms);
    return wait_ms;
  }

  /** What `take` would return. */
  wait_ms(name: string, amount: number, now_ms: number): number {
    if (amount > this.#limits.perMinute) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.#paidWith(name, amount, now_ms) - now_ms - MINUTE_MS);
  }

  /** Takes `amount` of what the name may do, or all of it where it is more; gives it back where it is negative. */
  charge(name: string, amount: number, now_ms: number): void {
    const paid_ms = Math.min(this.#paidWith(name, amount, now_ms), now_ms + MINUTE_MS);
    this.#paid_ms.delete(name);
    this.#paid_ms.set(name, paid_ms);
    if (this.#paid_ms.size > this.#limits.names) this.#forgetOldest();
  }

  #paidWith(name: string, amount: number, now_ms: number): number {
    return Math.max(this.#paid_ms.get(name) ?? 0, now_ms) + (amount * MINUTE_MS) / this.#limits.perMinute;
  }

  #forgetOldest(): void {
    const [oldest] = this.#paid_ms.keys();
    if (oldest !== undefined) this.#paid_ms.delete(oldest);
  }
}
