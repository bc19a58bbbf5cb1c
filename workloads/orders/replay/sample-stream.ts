/**
 * Orders as customers might make them: skewed, with tastes that drift, some sent twice. Pure: one seed, one stream.
 * k6 reads this file as it is (loadtest/): what it imports is named by its path, since k6 knows no `#platform`.
 */
import type { Random } from '#platform/random/random.ts';
import { Zipf } from '../../../platform/random/zipf.ts';
import type { Dimension } from '../menu.ts';

export interface SampleOptions {
  /** Customers, beside the one that `hot` speaks of. */
  readonly users: number;
  /** Zipf's exponent: how unevenly customers order; 0 is evenly. */
  readonly skew: number;
  /** The share of one customer in all orders, from 0 to 1. */
  readonly hot: number;
  /** The share of orders that are sent a second time, from 0 to 1. */
  readonly duplicates: number;
  readonly dimensions: readonly Dimension[];
}

/** An order as it is sent to `POST /api/log`. */
export interface SampleOrder {
  readonly order_id: string;
  readonly user_id: string;
  readonly timestamp: string;
  readonly menu_type: string;
}

export interface SampleSend {
  readonly order: SampleOrder;
  /** Whether this very order was sent before. */
  readonly repeated: boolean;
}

/** A repetition is due within so many sends after its original: a client that got no answer tries again soon. */
const REPEAT_WITHIN_SENDS = 8;
/** Orders after which tastes have been all round. */
const DRIFT_ORDERS = 4_000;
/** How far a menu type's share of the customers swings around an even share. */
const DRIFT_SWING = 0.6;
/** How often customers order what they prefer. */
const LOYALTY = 0.85;

export class SampleStream {
  readonly #random: Random;
  readonly #options: SampleOptions;
  readonly #ranks: Zipf;
  /** Repetitions under way: the number of the send after which each is due. */
  readonly #repeats: { readonly order: SampleOrder; readonly due: number }[] = [];
  readonly #earlier: number;
  #orders = 0;
  #sends = 0;

  /** @param earlier orders that were made before this stream begins: tastes have drifted by so many */
  constructor(options: SampleOptions, random: Random, earlier = 0) {
    this.#options = options;
    this.#earlier = earlier;
    this.#random = random;
    this.#ranks = new Zipf(options.users, options.skew);
  }

  /** Orders made so far, repetitions not counted. */
  get orders(): number {
    return this.#orders;
  }

  /** The next thing to send: a repetition that is due, or a new order made at `ts_ms`. */
  next(ts_ms: number): SampleSend {
    this.#sends += 1;
    const due = this.#repeats.findIndex((repeat) => repeat.due <= this.#sends);
    const repeat = due < 0 ? undefined : this.#repeats.splice(due, 1)[0];
    if (repeat) return { order: repeat.order, repeated: true };
    const order = this.#order(ts_ms);
    this.#orders += 1;
    if (this.#random.chance(this.#options.duplicates)) {
      this.#repeats.push({ order, due: this.#sends + 1 + this.#random.below(REPEAT_WITHIN_SENDS) });
    }
    return { order, repeated: false };
  }

  /** The repetitions that are still due: what ends a stream. */
  rest(): SampleSend[] {
    return this.#repeats.splice(0).map(({ order }) => ({ order, repeated: true }));
  }

  #order(ts_ms: number): SampleOrder {
    const random = this.#random;
    const rank = random.chance(this.#options.hot) ? 0 : this.#ranks.rank(random);
    return {
      order_id: orderId(random),
      user_id: rank === 0 ? 'user-hot' : `user-${rank}`,
      timestamp: new Date(ts_ms).toISOString(),
      menu_type: this.#menuType(rank),
    };
  }

  #menuType(rank: number): string {
    const { dimensions } = this.#options;
    const dimension = dimensions[this.#random.below(dimensions.length)];
    const menuTypes = dimension?.menu_types ?? [];
    const favourite = favouriteAt(tasteOf(rank), menuTypes.length, (this.#earlier + this.#orders) / DRIFT_ORDERS);
    const chosen = this.#random.chance(LOYALTY) ? favourite : this.#random.below(menuTypes.length);
    const menuType = menuTypes[chosen];
    if (!menuType) throw new Error('a sample stream needs a dimension with menu types');
    return menuType.name;
  }
}

/**
 * Which of `count` menu types is the favourite of a customer with this taste. The share of each among the customers
 * swings in turn; those at the edge between two of them change sides.
 * @param taste from 0 to 1, for life
 * @param turn how often the tastes have been all round
 */
function favouriteAt(taste: number, count: number, turn: number): number {
  let below = 0;
  for (let index = 0; index < count; index++) {
    below += (1 + DRIFT_SWING * Math.sin(2 * Math.PI * (turn + index / count))) / count;
    if (taste < below) return index;
  }
  return count - 1;
}

/** Evenly spread over the ranks: multiples of the golden ratio (Weyl's equidistribution). */
function tasteOf(rank: number): number {
  return (rank * 0.618033988749895) % 1;
}

/** 16 hexadecimal digits: two of a million orders are alike once in 37 million streams. */
function orderId(random: Random): string {
  return [random.uint32(), random.uint32()].map((part) => part.toString(16).padStart(8, '0')).join('');
}
