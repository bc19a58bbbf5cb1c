import { describe, expect, it } from 'vitest';
import { Random } from '#platform/random/random.ts';
import { DEFAULT_MENU, Menu } from '#workloads/orders/menu.ts';
import { acceptOrder } from '#workloads/orders/order.ts';
import { type SampleSend, SampleStream } from '#workloads/orders/replay/sample-stream.ts';
import { readOrderSettings } from './settings.ts';
import { type Run, requestOf, usersOf } from './stream.ts';

const RUN: Run = { name: 'load-test', seed: 5, dimensions: DEFAULT_MENU.dimensions, began_ms: 1_800_000_000_000, orders_before: 0 };
const ORDERS = 20_000;

function sendsOf(environment: Readonly<Record<string, string>>): SampleSend[] {
  const settings = readOrderSettings({ PROFILE: 'replay', ORDERS: String(ORDERS), ...environment }, { batch: 1, rate: 100 });
  const requests = Math.ceil(settings.orders / settings.batch);
  return Array.from({ length: requests }, (_, index) => requestOf(settings, RUN, index, RUN.began_ms)).flat();
}

/** The shares by which two streams are compared. */
function sharesOf(sends: readonly SampleSend[], prefix = '') {
  const orders = sends.filter(({ repeated }) => !repeated);
  const share = (matches: (send: SampleSend) => boolean) => orders.filter(matches).length / orders.length;
  return {
    repeated: (sends.length - orders.length) / orders.length,
    hot: share(({ order }) => order.user_id === `${prefix}user-hot`),
    first: share(({ order }) => order.user_id === `${prefix}user-1`),
    tenth: share(({ order }) => order.user_id === `${prefix}user-10`),
    washoku: share(({ order }) => order.menu_type === 'washoku'),
    washokuAtFirst: orders.slice(0, 1_000).filter(({ order }) => order.menu_type === 'washoku').length / 1_000,
  };
}

describe('the stream of a load test', () => {
  it('is of the kind that kaiseki replay sends', () => {
    const options = { users: 500, skew: 1.1, hot: 0.2, duplicates: 0.05, dimensions: DEFAULT_MENU.dimensions };
    const replay = new SampleStream(options, new Random(5));
    const sends: SampleSend[] = [];
    while (replay.orders < ORDERS) sends.push(replay.next(RUN.began_ms));
    const expected = sharesOf(sends);
    for (const BATCH of ['1', '100']) {
      const shares = sharesOf(sendsOf({ BATCH, USERS: '500', SKEW: '1.1', HOT: '0.2', DUPLICATES: '0.05' }), 'load-test-');
      for (const [name, share] of Object.entries(shares)) {
        expect(Math.abs(share - (expected[name as keyof typeof expected] ?? 0)), `${name} of ${BATCH}`).toBeLessThan(0.035);
      }
    }
  });

  it('has as many orders as asked, each acceptable and with an id of its own, of users that are known', () => {
    const settings = { BATCH: '30', ORDERS: '1000', HOT: '0.3', DUPLICATES: '0.1', USERS: '50' };
    const sends = sendsOf(settings);
    const orders = sends.filter(({ repeated }) => !repeated).map(({ order }) => order);
    expect(orders.length).toBe(1_000);
    expect(new Set(orders.map(({ order_id }) => order_id)).size).toBe(1_000);
    const users = new Set(usersOf(readOrderSettings({ HOT: '0.3', USERS: '50' }, { batch: 1, rate: 1 }), RUN));
    expect(users.size).toBe(51);
    for (const order of orders) {
      expect(users).toContain(order.user_id);
      expect(acceptOrder(order, { menu: new Menu(DEFAULT_MENU) }, RUN.began_ms)).toMatchObject({ ok: true });
    }
  });

  it('repeats an order in the request that it is in', () => {
    const settings = readOrderSettings({ BATCH: '20', DUPLICATES: '0.5' }, { batch: 1, rate: 1 });
    for (let index = 0; index < 50; index++) {
      const sends = requestOf(settings, RUN, index, RUN.began_ms);
      const ids = new Set(sends.filter(({ repeated }) => !repeated).map(({ order }) => order.order_id));
      expect(ids.size).toBe(20);
      for (const { order } of sends) expect(ids).toContain(order.order_id);
    }
  });

  it('is the same for the same seed, whichever client sends which request, and spread over days where asked', () => {
    expect(sendsOf({ ORDERS: '100' })).toEqual(sendsOf({ ORDERS: '100' }));
    const times = sendsOf({ ORDERS: '100', DAYS: '2', BATCH: '7' }).map(({ order }) => Date.parse(order.timestamp));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBe(RUN.began_ms);
    expect(RUN.began_ms - (times[0] ?? 0)).toBe(2 * 86_400_000 * 0.99);
  });
});
