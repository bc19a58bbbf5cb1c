import { describe, expect, it } from 'vitest';
import { Random } from '#platform/random/random.ts';
import type { PageRequest, Row } from '#platform/tables/tables.ts';
import type { Platform } from '../../workload.ts';
import type { Order } from '../order.ts';
import { portOf } from '../orders.testing.ts';
import { liveTotals, modelTotals, openOrders, orderOf, recordOf, untilCounted, withCounter } from '../orders-model.testing.ts';
import { shuffle } from '../past-orders.testing.ts';
import { identitiesOf } from '../past-orders.ts';
import { pastOrders, placeOf } from '../tables.ts';
import { ORDER_LOGS } from '../topics.ts';

const START_MS = Date.parse('2025-01-01T00:00:00Z');
const YEAR_MS = 365 * 86_400_000;

type Range = PageRequest<typeof pastOrders>['within'];

/** So many orders of a year, in the order of their time, of users of whom the first orders the most; half of them have an id. */
function yearOf(count: number, users: number): Order[] {
  const random = new Random(7);
  return Array.from({ length: count }, (_, index) => ({
    orderId: random.chance(0.5) ? `order-${index}` : null,
    userId: `user-${Math.min(random.below(users), random.below(users))}`,
    ts_ms: START_MS + Math.floor((index * YEAR_MS) / count),
    menuType: random.chance(0.6) ? 'washoku' : 'kinoko',
  }));
}

/** Sends orders and lets a counter of their own, which remembers nothing, count them. */
async function send(platform: Platform, ...parts: readonly (readonly Order[])[]): Promise<void> {
  for (const orders of parts) {
    await platform.log.append(ORDER_LOGS, orders.map(recordOf));
    await withCounter(platform, () => untilCounted(platform));
  }
}

/** A platform, and the ranges of past_orders that are read through it. */
async function watched(): Promise<{ platform: Platform; ranges: Range[] }> {
  const platform = await openOrders();
  const ranges: Range[] = [];
  const tables: Platform['tables'] = {
    ...portOf(platform.tables),
    page(table, request) {
      if (table.name === pastOrders.name) ranges.push(request.within as Range);
      return platform.tables.page(table, request);
    },
  };
  return { platform: { ...platform, tables }, ranges };
}

describe('orders that are sent again', () => {
  it('count once where they are a batch of 50 orders of one user', async () => {
    const { platform } = await watched();
    const batch = Array.from({ length: 50 }, (_, index) => orderOf('user', 'washoku', `2026-01-10T00:00:${10 + index}Z`));
    await send(platform, [...batch, ...batch], batch, batch.toReversed(), batch.slice(10, 30));
    expect(await liveTotals(platform)).toEqual(modelTotals(batch, platform));
  });

  it('count once where they are a file of a year: whole, in parts, in another order, across restarts', async () => {
    const { platform, ranges } = await watched();
    const file = yearOf(4_000, 4);
    const model = modelTotals(file, platform);
    await send(platform, file.slice(0, 3_000), file.slice(2_000));
    ranges.length = 0;
    await send(platform, file, shuffle(file, new Random(1)), file.slice(500, 600).toReversed());
    expect(await liveTotals(platform)).toEqual(model);
    expect(ranges.length).toBeGreaterThan(100);
  });

  it('count once where the file came in no order the first time', async () => {
    const { platform } = await watched();
    const file = shuffle(yearOf(2_000, 3), new Random(2));
    await send(platform, file, file.toReversed());
    expect(await liveTotals(platform)).toEqual(modelTotals(file, platform));
  });
});

describe('what is read to tell them', () => {
  it('is nothing for orders that are new', async () => {
    const { platform, ranges } = await watched();
    const file = yearOf(3_000, 3);
    await send(platform, file.slice(0, 1_500), file.slice(1_500));
    expect(await liveTotals(platform)).toEqual(modelTotals(file, platform));
    expect(ranges).toEqual([]);
    expect(await platform.metrics.render()).not.toMatch(/kaiseki_fold_lookups_total\{.*\} [1-9]/);
  });

  it('is no more than the user’s day for a late order', async () => {
    const { platform, ranges } = await watched();
    const file = yearOf(4_000, 1);
    await send(platform, file);
    const late = orderOf('user-0', 'yoshoku', '2025-03-10T12:34:56Z');
    await send(platform, [late]);
    expect(await liveTotals(platform)).toEqual(modelTotals([...file, late], platform));
    const { bucket } = placeOf('user-0', platform.settings.orders.layout);
    expect(ranges).toEqual([{ bucket, user_id: 'user-0', span: '2025-03-10' }]);
    const read: Row<typeof pastOrders>[] = [];
    for (const within of [...ranges]) read.push(...(await platform.tables.page(pastOrders, { within, limit: 100 })).rows);
    const ofDay = file.filter(({ ts_ms }) => new Date(ts_ms).toISOString().startsWith('2025-03-10'));
    expect(read.flatMap(identitiesOf)).toHaveLength(ofDay.length);
  });
});
