import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openEmbeddedTables } from '#platform/tables/embedded.ts';
import type { Row } from '#platform/tables/tables.ts';
import { ordersOfUserPage, userPage } from '../order-pages.ts';
import type { rawOrders } from '../tables.ts';
import { encodeUserOrder, USER_PAGE_ORDERS_MAX, USER_PAGE_ORDERS_MIN, type UserOrder } from '../tally.ts';
import { userKey } from '../user-row.ts';
import type { ReadTables } from './read-tables.ts';
import { userOrders } from './user-orders.ts';

const LAYOUT = { shards: 1, buckets: 4 };
const KEY = userKey('u1', LAYOUT);

/** So many pages of so many orders each. */
const pagesOf = (orders: number, count: number): readonly number[] => Array.from({ length: count }, () => orders);

/** A user with pages of so many orders each, oldest first, and so many orders in the row; and tables that remember what was read of them. */
async function given(pages: readonly number[], inRow: number) {
  const directory = mkdtempSync(join(tmpdir(), 'kaiseki-user-orders-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const tables = await openEmbeddedTables({ directory });
  onTestFinished(() => tables.close());
  const onPages = pages.reduce((sum, page) => sum + page, 0);
  const orders = Array.from({ length: onPages + inRow }, (_, offset): UserOrder => [offset, offset, 'washoku', null]);
  const writePage = (first: number, length: number) =>
    tables.write([userPage(KEY.user_id, orders.slice(first, first + length).map(encodeUserOrder), LAYOUT)]);
  let first = 0;
  for (const length of pages) {
    await writePage(first, length);
    first += length;
  }
  const asked: number[] = [];
  const seen = { orders: 0 };
  const read: ReadTables = {
    get: (table, keys) => tables.get(table, keys),
    async page(table, request) {
      asked.push(request.limit);
      const page = await tables.page(table, request);
      for (const row of page.rows as readonly Row<typeof rawOrders>[]) seen.orders += ordersOfUserPage(row).length;
      return page;
    },
    readShard: (shard, periods, consistency) => tables.readShard(shard, periods, consistency),
  };
  const user = { counts: { washoku: orders.length }, recent: orders.slice(onPages) };
  return { read, asked, seen, user, writePage, onPages, newestFirst: orders.toReversed() };
}

it('asks for no page where the row has every order', async () => {
  const { read, asked, user, newestFirst } = await given([], 40);
  expect(await userOrders(read, KEY, user, { limit: 40 })).toEqual({ orders: newestFirst });
  expect((await userOrders(read, KEY, user, { limit: 39 })).cursor).toBeDefined();
  expect(asked).toEqual([]);
});

describe.each([
  // `again`: how often an order is read, but for those of one page a request.
  { kind: 'who orders seldom', pages: pagesOf(USER_PAGE_ORDERS_MIN, 300), again: 1 },
  { kind: 'who orders all the time', pages: pagesOf(USER_PAGE_ORDERS_MAX, 20), again: 1 },
  { kind: 'who orders in bursts', pages: Array.from({ length: 5 }, () => [...pagesOf(128, 8), 40, ...pagesOf(8, 7), 9]).flat(), again: 2 },
  { kind: 'who began to order all the time', pages: [...pagesOf(8, 150), ...pagesOf(128, 12)], again: 2 },
  { kind: 'who no longer orders all the time', pages: [...pagesOf(128, 12), ...pagesOf(8, 150)], again: 2 },
])('of a user $kind', ({ pages, again }) => {
  it.each([5, 32, 33, 48, 100, 1_000])('lists every order once, %s at a time, and reads little more than it lists', async (limit) => {
    const { read, asked, seen, user, onPages, newestFirst } = await given(pages, 33);
    const listed: UserOrder[] = [];
    let requests = 0;
    let cursor: string | undefined;
    do {
      const page = await userOrders(read, KEY, user, { limit, cursor });
      expect(page.orders).toHaveLength(Math.min(limit, newestFirst.length - listed.length));
      listed.push(...page.orders);
      cursor = page.cursor;
      requests++;
    } while (cursor !== undefined);
    expect(listed).toEqual(newestFirst);
    expect(Math.max(...asked)).toBeLessThanOrEqual(Math.ceil(limit / USER_PAGE_ORDERS_MIN));
    expect(asked.length).toBeLessThanOrEqual(5 * requests);
    expect(seen.orders).toBeLessThanOrEqual(again * onPages + requests * Math.max(...pages));
  });
});

it('lists an order once that moves to a page after the row was read', async () => {
  const { read, user, writePage, newestFirst } = await given(pagesOf(USER_PAGE_ORDERS_MIN, 2), 39);
  await writePage(2 * USER_PAGE_ORDERS_MIN, USER_PAGE_ORDERS_MIN);
  expect((await userOrders(read, KEY, user, { limit: 1_000 })).orders).toEqual(newestFirst);
});

it('finds where it stood in few reads, however much was ordered meanwhile', async () => {
  const { read, asked, user, newestFirst } = await given(pagesOf(USER_PAGE_ORDERS_MIN, 300), 33);
  const below = newestFirst.length - 300 * USER_PAGE_ORDERS_MIN;
  const cursor = Buffer.from(JSON.stringify({ user_id: KEY.user_id, below })).toString('base64url');
  const page = await userOrders(read, KEY, user, { limit: USER_PAGE_ORDERS_MIN, cursor });
  expect(page.orders).toEqual(newestFirst.slice(-below).slice(0, USER_PAGE_ORDERS_MIN));
  const before = 69; // Of the last hundred, read again for a cursor behind them.
  expect(asked).toEqual([1, 2, 4, 8, 16, 32, 64, 100, 100, before]);
});
