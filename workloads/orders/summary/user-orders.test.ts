import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openEmbeddedTables } from '#platform/tables/embedded.ts';
import { userPage } from '../order-pages.ts';
import { encodeUserOrder, USER_PAGE_ORDERS_MIN, type UserOrder } from '../tally.ts';
import { userKey } from '../user-row.ts';
import type { ReadTables } from './read-tables.ts';
import { userOrders } from './user-orders.ts';

const LAYOUT = { shards: 1, buckets: 4 };
const KEY = userKey('u1', LAYOUT);

/** A user with so many pages and so many orders in the row, and tables that remember how many rows they were asked for. */
async function given(pages: number, inRow: number) {
  const directory = mkdtempSync(join(tmpdir(), 'kaiseki-user-orders-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const tables = await openEmbeddedTables({ directory });
  onTestFinished(() => tables.close());
  const orders = Array.from({ length: pages * USER_PAGE_ORDERS_MIN + inRow }, (_, offset): UserOrder => [offset, offset, 'washoku', null]);
  const writePage = (page: number) =>
    tables.write([
      userPage(KEY.user_id, orders.slice(page * USER_PAGE_ORDERS_MIN, (page + 1) * USER_PAGE_ORDERS_MIN).map(encodeUserOrder), LAYOUT),
    ]);
  for (let page = 0; page < pages; page++) await writePage(page);
  const asked: number[] = [];
  const read: ReadTables = {
    get: (table, keys) => tables.get(table, keys),
    page(table, request) {
      asked.push(request.limit);
      return tables.page(table, request);
    },
    readShard: (shard, periods, consistency) => tables.readShard(shard, periods, consistency),
  };
  const user = { counts: { washoku: orders.length }, recent: orders.slice(pages * USER_PAGE_ORDERS_MIN) };
  return { read, asked, user, writePage, newestFirst: orders.toReversed() };
}

it('asks for no page where the row has every order', async () => {
  const { read, asked, user, newestFirst } = await given(0, 40);
  expect(await userOrders(read, KEY, user, { limit: 40 })).toEqual({ orders: newestFirst });
  expect((await userOrders(read, KEY, user, { limit: 39 })).cursor).toBeDefined();
  expect(asked).toEqual([]);
});

it.each([1, 15, 16, 32, 33, 48, 1_000])(
  'lists every order once, %s at a time, and never asks for more rows than it needs',
  async (limit) => {
    const { read, asked, user, newestFirst } = await given(70, 33);
    const listed: UserOrder[] = [];
    let cursor: string | undefined;
    do {
      const page = await userOrders(read, KEY, user, { limit, cursor });
      expect(page.orders).toHaveLength(Math.min(limit, newestFirst.length - listed.length));
      listed.push(...page.orders);
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(listed).toEqual(newestFirst);
    expect(Math.max(...asked)).toBeLessThanOrEqual(Math.ceil(limit / USER_PAGE_ORDERS_MIN));
  },
);

it('lists an order once that moves to a page after the row was read', async () => {
  const { read, user, writePage, newestFirst } = await given(2, 39);
  await writePage(2);
  expect((await userOrders(read, KEY, user, { limit: 1_000 })).orders).toEqual(newestFirst);
});

it('finds where it stood in few reads, however much was ordered meanwhile', async () => {
  const { read, asked, user, newestFirst } = await given(300, 33);
  const below = newestFirst.length - 300 * USER_PAGE_ORDERS_MIN;
  const cursor = Buffer.from(JSON.stringify({ user_id: KEY.user_id, below })).toString('base64url');
  const page = await userOrders(read, KEY, user, { limit: USER_PAGE_ORDERS_MIN, cursor });
  expect(page.orders).toEqual(newestFirst.slice(-below).slice(0, USER_PAGE_ORDERS_MIN));
  expect(asked).toEqual([1, 2, 4, 8, 16, 32, 64, 100, 100]);
});
