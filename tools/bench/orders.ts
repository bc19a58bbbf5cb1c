/** The orders that benchmarks send: from one seed, so that every run and every rival gets the same. */
import type { NewRecord } from '#platform/log/log.ts';
import { Random } from '#platform/random/random.ts';
import { DEFAULT_MENU } from '#workloads/orders/menu.ts';
import { type SampleOrder, SampleStream } from '#workloads/orders/replay/sample-stream.ts';
import { requestBytes } from './connection.ts';

export interface Skew {
  readonly users: number;
  /** Zipf's exponent; 0 is evenly. */
  readonly skew: number;
  /** The share of one user in all orders. */
  readonly hot: number;
}

/** Orders are this far apart, so that a run covers a day and a bit rather than one instant. */
const STEP_MS = 100;
const FIRST_MS = Date.UTC(2026, 4, 30);
const SEED = 20_260_530;

/** An endless stream of orders of the cuisine dimension. */
export function* orderStream({ users, skew, hot }: Skew, seed = SEED): Generator<SampleOrder, never> {
  const dimensions = DEFAULT_MENU.dimensions.filter(({ name }) => name === 'cuisine');
  const stream = new SampleStream({ users, skew, hot, duplicates: 0, dimensions }, new Random(seed));
  for (;;) yield stream.next(FIRST_MS + stream.orders * STEP_MS).order;
}

/** The same orders, counted by menu type into `recount` as they are taken. */
export function* recounting(orders: Iterator<SampleOrder, never>, recount: Map<string, number>): Generator<SampleOrder, never> {
  for (;;) {
    const order = orders.next().value;
    recount.set(order.menu_type, (recount.get(order.menu_type) ?? 0) + 1);
    yield order;
  }
}

/** One order of each of the users numbered `from` to `to` - 1, in turn. */
export function* oneOrderEach(from: number, to: number): Generator<SampleOrder> {
  const menuTypes = DEFAULT_MENU.dimensions.find(({ name }) => name === 'cuisine')?.menu_types ?? [];
  const random = new Random(SEED + from);
  for (let user = from; user < to; user++) {
    const order_id = `${random.uint32().toString(16)}-${user}`;
    const menu_type = menuTypes[random.below(menuTypes.length)]?.name ?? '';
    yield { order_id, user_id: `user-${user}`, timestamp: new Date(FIRST_MS + user).toISOString(), menu_type };
  }
}

/** Up to `count` orders of a stream. */
export function take(orders: Iterator<SampleOrder>, count: number): SampleOrder[] {
  const taken: SampleOrder[] = [];
  while (taken.length < count) {
    const next = orders.next();
    if (next.done) break;
    taken.push(next.value);
  }
  return taken;
}

/** An order as a record of the log, accepted at `timestamp_ms`. */
export function recordOf(order: SampleOrder, timestamp_ms: number): NewRecord {
  return { key: order.user_id, value: JSON.stringify(order), timestamp_ms };
}

/** `POST /api/log`, one order. */
export function singleRequest(order: SampleOrder): Buffer {
  return requestBytes('POST', '/api/log', 'application/json', JSON.stringify(order));
}

/** `POST /api/log/batch`, one order a line. */
export function batchRequest(orders: readonly SampleOrder[]): Buffer {
  return requestBytes('POST', '/api/log/batch', 'application/x-ndjson', orders.map((order) => JSON.stringify(order)).join('\n'));
}
