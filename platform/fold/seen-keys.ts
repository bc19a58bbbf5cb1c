/**
 * The keys that one claim has met: a Bloom filter (Bloom, CACM 13(7), 1970). It may take a key for seen that was not, and
 * never the other way round.
 */
import { hashKey } from '#platform/log/partition.ts';

/** A megabyte: of a million keys, one in fifty unseen ones is taken for seen. */
const BITS = 2 ** 23;
/** A page of it takes memory when the first of its bits is set: most claims meet few keys. */
const PAGE_BITS = 2 ** 13;
const BITS_OF_KEY = 4;

export class SeenKeys {
  readonly #pages: (Uint32Array | undefined)[] = [];

  /** Notes a key. True where it was perhaps noted before, false where it was not. */
  note(key: string): boolean {
    let wasThere = true;
    let hash = hashKey(key);
    for (let count = 0; count < BITS_OF_KEY; count++) {
      // A step of MurmurHash3's finalizer each: what is left of one position says nothing of the next.
      hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
      const bit = (hash >>> 0) % BITS;
      const page = this.#pages[Math.floor(bit / PAGE_BITS)] ?? new Uint32Array(PAGE_BITS / 32);
      this.#pages[Math.floor(bit / PAGE_BITS)] = page;
      const at = (bit % PAGE_BITS) >>> 5;
      const word = page[at] as number;
      const mask = 1 << (bit & 31);
      if ((word & mask) === 0) wasThere = false;
      page[at] = word | mask;
    }
    return wasThere;
  }
}
