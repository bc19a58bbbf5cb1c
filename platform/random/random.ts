/** A seeded generator of pseudorandom numbers: everything that draws at random takes one, so that a printed seed replays it. Not for secrets. */

/** Outputs dropped after seeding, until every bit of the seed has reached all of the state. */
const WARM_UP = 12;

/** sfc32, “small fast counting”, of Chris Doty-Humphrey's PractRand (2010), seeded through SplitMix32. Period at least 2^32. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed an integer from 0 to 2^53 */
  constructor(seed: number) {
    const low = splitMix32(seed >>> 0);
    const high = splitMix32((Math.floor(seed / 2 ** 32) ^ 0x9e3779b9) >>> 0);
    this.#a = low;
    this.#b = high;
    this.#c = splitMix32(low ^ high);
    for (let i = 0; i < WARM_UP; i++) this.uint32();
  }

  /** An integer from 0 to 2^32 - 1. */
  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A number from 0 (included) to 1 (not included), of 53 bits. */
  fraction(): number {
    return ((this.uint32() >>> 5) * 2 ** 26 + (this.uint32() >>> 6)) / 2 ** 53;
  }

  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }
}

/** One output of SplitMix32: the finalizer of MurmurHash3 over a Weyl step (Steele, Lea and Flood, 2014, cut to 32 bits). */
function splitMix32(state: number): number {
  let mixed = (state + 0x9e3779b9) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
