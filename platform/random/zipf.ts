/** Ranks that follow Zipf's law: how customers, words and cities are distributed. */
import type { Random } from './random.ts';

/** A draw is rejected less than once in three; this many in a row would be a broken generator. */
const TRIES_MAX = 1_000;

/**
 * Draws ranks from 1 to `count` with a probability proportional to `rank ** -exponent` (0: all alike), in constant time
 * and memory, by rejection-inversion (Hörmann and Derflinger, “Rejection-inversion to generate variates from monotone
 * discrete distributions”, ACM TOMACS 6(3), 1996).
 */
export class Zipf {
  readonly #count: number;
  readonly #exponent: number;
  readonly #areaFirst: number;
  readonly #areaLast: number;
  readonly #squeeze: number;

  constructor(count: number, exponent: number) {
    this.#count = count;
    this.#exponent = exponent;
    this.#areaFirst = this.#area(1.5) - 1;
    this.#areaLast = this.#area(count + 0.5);
    this.#squeeze = 2 - this.#areaInverse(this.#area(2.5) - this.#density(2));
  }

  rank(random: Random): number {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const area = this.#areaLast + random.fraction() * (this.#areaFirst - this.#areaLast);
      const x = this.#areaInverse(area);
      const rank = Math.min(this.#count, Math.max(1, Math.floor(x + 0.5)));
      if (rank - x <= this.#squeeze || area >= this.#area(rank + 0.5) - this.#density(rank)) return rank;
    }
    throw new Error(`no rank accepted in ${TRIES_MAX} draws`);
  }

  #density(x: number): number {
    return Math.exp(-this.#exponent * Math.log(x));
  }

  /** The integral of the density from 1 to x. */
  #area(x: number): number {
    const log = Math.log(x);
    return expm1Over((1 - this.#exponent) * log) * log;
  }

  #areaInverse(area: number): number {
    return Math.exp(log1pOver(Math.max(-1, area * (1 - this.#exponent))) * area);
  }
}

/** (e^x - 1) / x, also near 0. */
function expm1Over(x: number): number {
  return Math.abs(x) > 1e-8 ? Math.expm1(x) / x : 1 + x / 2;
}

/** ln(1 + x) / x, also near 0. */
function log1pOver(x: number): number {
  return Math.abs(x) > 1e-8 ? Math.log1p(x) / x : 1 - x / 2;
}
