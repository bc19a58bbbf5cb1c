import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CountedEvent } from '#platform/fold/definition.ts';
import type { Row } from '#platform/tables/tables.ts';
import { earlierThan, logPages, ordersOfLogPage, ordersOfUserPage, userPage } from './order-pages.ts';
import { CHUNK_OFFSETS, type orderLog, type rawOrders } from './tables.ts';
import { type DatedOrder, encodeUserOrder, type UserOrder } from './tally.ts';

function counted(first: number, count: number): CountedEvent<DatedOrder>[] {
  return Array.from({ length: count }, (_, index) => {
    const order = { orderId: index % 2 === 0 ? null : `"o"\n${index}`, userId: `🍣${index}`, ts_ms: index, menuType: 'washoku' };
    return { offset: first + index, key: order.userId, event: { order, day: '1970-01-01' } };
  });
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

describe('a user’s pages', () => {
  const orders = (offsets: readonly number[]) => offsets.map((offset): UserOrder => [offset, -offset, 'washoku', `o"${offset}`]);

  it('keep every order as it is, by the last of them', () => {
    const page = userPage('u1', orders([3, 9, 12]).map(encodeUserOrder), { shards: 1, buckets: 4 });
    expect(page).toMatchObject({ kind: 'put', version: 12, row: { user_id: 'u1', offset: 12 } });
    if (page.kind === 'put') expect(ordersOfUserPage(page.row as Row<typeof rawOrders>)).toEqual(orders([3, 9, 12]));
  });

  it('list every order once, though some moved to a page after the user’s row was read', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(500)), fc.nat(), fc.nat(20), fc.nat(600), (offsets, cut, moved, below) => {
        offsets.sort((one, other) => one - other);
        const start = offsets.length === 0 ? 0 : cut % offsets.length;
        const parts = [offsets.slice(start), offsets.slice(start, start + moved), offsets.slice(0, start)];
        const found = earlierThan(below, parts.map(orders));
        expect(found).toEqual(orders(offsets.filter((offset) => offset < below).toReversed()));
      }),
    );
  });
});
