import { expect, it } from 'vitest';
import type { CountedEvent } from '#platform/fold/definition.ts';
import type { Row } from '#platform/tables/tables.ts';
import { orderPages, ordersOfPage } from './order-pages.ts';
import { CHUNK_OFFSETS, type orderLog } from './tables.ts';
import type { DatedOrder } from './tally.ts';

function counted(first: number, count: number): CountedEvent<DatedOrder>[] {
  return Array.from({ length: count }, (_, index) => {
    const order = { orderId: index % 2 === 0 ? null : `"o"\n${index}`, userId: `🍣${index}`, ts_ms: index, menuType: 'washoku' };
    return { offset: first + index, key: order.userId, event: { order, day: '1970-01-01' } };
  });
}

function pagesOf(events: readonly CountedEvent<DatedOrder>[], epoch = 7): Row<typeof orderLog>[] {
  return orderPages(events, 3, epoch).map((page) => {
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
  expect(pages.flatMap(ordersOfPage)).toEqual(
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
