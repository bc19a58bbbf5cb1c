import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CountedEvent } from '#platform/fold/definition.ts';
import type { Row } from '#platform/tables/tables.ts';
import { earlierThan, logPages, ordersOfLogPage, PAGE_ORDERS_MAX, userPages } from './order-pages.ts';
import { CHUNK_OFFSETS, type orderLog, type rawOrders } from './tables.ts';
import type { DatedOrder } from './tally.ts';

function counted(first: number, count: number): CountedEvent<DatedOrder>[] {
  return Array.from({ length: count }, (_, index) => {
    const order = { orderId: index % 2 === 0 ? null : `"o"\n${index}`, userId: `🍣${index}`, ts_ms: index, menuType: 'washoku' };
    return { offset: first + index, key: order.userId, event: { order, day: '1970-01-01' } };
  });
}

/** The orders of one user at these offsets. */
function countedAt(offsets: readonly number[], userId = 'u1'): CountedEvent<DatedOrder>[] {
  return offsets.map((offset) => {
    const order = { orderId: `o${offset}`, userId, ts_ms: -offset, menuType: 'washoku' };
    return { offset, key: userId, event: { order, day: '1970-01-01' } };
  });
}

function userPagesOf(events: readonly CountedEvent<DatedOrder>[], epoch: number): Row<typeof rawOrders>[] {
  return userPages(events, { shards: 1, buckets: 4 }, epoch).map((page) => {
    if (page.kind !== 'put') throw new Error('a page is written');
    return page.row as Row<typeof rawOrders>;
  });
}

/** As the table has them. */
function listed(pages: readonly Row<typeof rawOrders>[]): Row<typeof rawOrders>[] {
  return pages.toSorted((one, other) => other.offset - one.offset || one.epoch - other.epoch);
}

function pagesOf(events: readonly CountedEvent<DatedOrder>[], epoch = 7): Row<typeof orderLog>[] {
  return logPages(events, 3, epoch).map((page) => {
    if (page.kind !== 'put') throw new Error('a page is written');
    return page.row as Row<typeof orderLog>;
  });
}

it('keeps every order as it is, a hundred on a page', () => {
  const events = counted(500, 250);
  const pages = pagesOf(events);
  expect(pages.map(({ offset, epoch, shard, chunk }) => [offset, epoch, shard, chunk])).toEqual([
    [500, 7, 3, 0],
    [600, 7, 3, 0],
    [700, 7, 3, 0],
  ]);
  expect(pages.flatMap(ordersOfLogPage)).toEqual(
    events.map(({ offset, event: { order } }) => ({
      offset,
      user_id: order.userId,
      ts: order.ts_ms,
      menu_type: order.menuType,
      order_id: order.orderId,
    })),
  );
});

it('ends a page with its chunk', () => {
  const pages = pagesOf(counted(CHUNK_OFFSETS - 2, 5));
  expect(pages.map(({ chunk, offset }) => [chunk, offset])).toEqual([
    [0, CHUNK_OFFSETS - 2],
    [1, CHUNK_OFFSETS],
  ]);
});

it('makes no page of nothing', () => {
  expect(pagesOf([])).toEqual([]);
});

it('puts the orders of each user on pages of their own, by the last order of each', () => {
  const many = Array.from({ length: PAGE_ORDERS_MAX + 1 }, (_, index) => index * 2);
  const events = [...countedAt(many, 'often'), ...countedAt([1, 5], 'seldom')].toSorted((one, other) => one.offset - other.offset);
  const pages = userPagesOf(events, 7);
  expect(pages.map(({ user_id, offset, epoch, orders }) => [user_id, offset, epoch, JSON.parse(orders).length])).toEqual([
    ['often', (PAGE_ORDERS_MAX - 1) * 2, 7, PAGE_ORDERS_MAX],
    ['often', PAGE_ORDERS_MAX * 2, 7, 1],
    ['seldom', 5, 7, 2],
  ]);
  expect(earlierThan(6, pages.slice(2))).toEqual([
    { offset: 5, user_id: 'seldom', ts: -5, menu_type: 'washoku', order_id: 'o5' },
    { offset: 1, user_id: 'seldom', ts: -1, menu_type: 'washoku', order_id: 'o1' },
  ]);
});

it('lists every order of a user once, wherever later owners began again', () => {
  const run = fc.record({ from: fc.nat(), to: fc.nat(), epoch: fc.integer({ min: 1, max: 9 }) });
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(500), { minLength: 1, maxLength: 60 }), fc.array(run), fc.nat(600), (offsets, redone, below) => {
      offsets.sort((one, other) => one - other);
      const first = userPagesOf(countedAt(offsets), 0);
      const again = redone.flatMap(({ from, to, epoch }) => {
        const start = from % offsets.length;
        return userPagesOf(countedAt(offsets.slice(start, start + 1 + (to % (offsets.length - start)))), epoch);
      });
      const found = earlierThan(below, listed([...first, ...again]));
      expect(found.map(({ offset }) => offset)).toEqual(offsets.filter((offset) => offset < below).toReversed());
    }),
  );
});
