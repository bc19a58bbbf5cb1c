import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { CountedEvent } from '#platform/fold/definition.ts';
import { openEmbeddedTables } from '#platform/tables/embedded.ts';
import { userPages } from '../order-pages.ts';
import { placeOf } from '../tables.ts';
import type { DatedOrder } from '../tally.ts';
import type { ReadTables } from './read-tables.ts';
import { userOrders } from './user-orders.ts';

const LAYOUT = { shards: 1, buckets: 4 };
const USER = { user_id: 'u1', bucket: placeOf('u1', LAYOUT).bucket };

function counted(offset: number): CountedEvent<DatedOrder> {
  const order = { orderId: null, userId: USER.user_id, ts_ms: offset, menuType: 'washoku' };
  return { offset, key: USER.user_id, event: { order, day: '1970-01-01' } };
}

/** Tables that remember how many rows each page was asked for, with a row of the user for each number: so many orders, the oldest first. */
async function given(ordersOfRows: readonly number[]) {
  const directory = mkdtempSync(join(tmpdir(), 'kaiseki-user-orders-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const tables = await openEmbeddedTables({ directory });
  onTestFinished(() => tables.close());
  let end = 0;
  const pages = ordersOfRows.flatMap((count) => {
    const first = end;
    end += count;
    const events = Array.from({ length: count }, (_, index) => counted(first + index));
    return userPages(events, LAYOUT, 1);
  });
  await tables.write(pages);
  const asked: number[] = [];
  const read: ReadTables = {
    get: (table, keys) => tables.get(table, keys),
    page(table, request) {
      asked.push(request.limit);
      return tables.page(table, request);
    },
    readShard: (shard, periods, consistency) => tables.readShard(shard, periods, consistency),
  };
  return { read, asked, end };
}

const rows = (count: number, orders: number) => Array<number>(count).fill(orders);

it.each([
  ['rows of a hundred orders behind rows of one', [...rows(12, 100), ...rows(10, 1)]],
  ['rows of one order', rows(1_100, 1)],
])('never reads more than a hundred rows at a time: %s', async (_, ordersOfRows) => {
  const { read, asked, end } = await given(ordersOfRows);
  const { orders } = await userOrders(read, USER, { limit: 1_000 });
  expect(orders.map(({ offset }) => offset)).toEqual(Array.from({ length: 1_000 }, (_, index) => end - 1 - index));
  expect(asked[0]).toBe(10);
  expect(Math.max(...asked)).toBeLessThanOrEqual(100);
});
