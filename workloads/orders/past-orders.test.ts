import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '#platform/random/random.ts';
import type { Row } from '#platform/tables/tables.ts';
import { identityOf } from './orders-model.testing.ts';
import { anOrder, datedOrder, type FoldedHistory, foldBatches, foldHistory, repeatingHistory, shuffle } from './past-orders.testing.ts';
import { identitiesOf } from './past-orders.ts';
import { pastOrders } from './tables.ts';
import type { DatedOrder, UserOrder } from './tally.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.parse('2026-01-01T00:00:00Z');

/** The places of the orders that must count: the first of each identity. */
function firsts(history: readonly DatedOrder[]): number[] {
  const seen = new Set<string>();
  return history.flatMap(({ order }, index) => {
    if (seen.has(identityOf(order))) return [];
    seen.add(identityOf(order));
    return [index];
  });
}

function pastRowsOf({ rows }: FoldedHistory): Row<typeof pastOrders>[] {
  return rows.flatMap((mutation) =>
    mutation.kind === 'put' && mutation.table.name === pastOrders.name ? [mutation.row as Row<typeof pastOrders>] : [],
  );
}

/** So many orders, each so long after the one before. */
function stream(count: number, apart_ms: number): DatedOrder[] {
  return Array.from({ length: count }, (_, index) => datedOrder('washoku', START_MS + index * apart_ms, `o${index}`));
}

describe('an order that comes again', () => {
  it.each([
    { within: 'seconds', apart_ms: 1 },
    { within: 'hours', apart_ms: 50 * SECOND_MS },
    { within: 'months', apart_ms: HOUR_MS },
    { within: 'years', apart_ms: DAY_MS },
  ])('counts once, whole or in part, in whatever order: orders within $within', ({ apart_ms }) => {
    const histories = repeatingHistory(anOrder(2_000, apart_ms), 400);
    fc.assert(
      fc.property(histories, fc.constantFrom(1, 40, 2_000), (history, apart) => {
        expect(foldHistory(history, apart).counted).toEqual(firsts(history));
      }),
      { numRuns: 50 },
    );
  });

  it('counts once where it is the same in the user’s row and among what later orders left behind', () => {
    const history = stream(1_000, HOUR_MS);
    for (const again of [history, history.toReversed(), shuffle(history, new Random(1)), history.slice(300, 700)])
      expect(foldHistory([...history, ...again, ...again]).counted).toHaveLength(history.length);
  });
});

describe('an order', () => {
  it('counts the same wherever a batch begins, and with another time it is another one', async () => {
    const history = stream(300, 2 * DAY_MS);
    // Later than the first page, on which `o3` is, and not later than the second one, which the order at 287 completes; of the same year.
    const again = datedOrder('washoku', START_MS + 300 * DAY_MS + 1, 'o3');
    history.splice(290, 0, again, again);
    const expected = firsts(history);
    expect(expected).toHaveLength(301);
    for (let cut = 150; cut < history.length; cut++) expect(await foldBatches(history, [cut]), `cut at ${cut}`).toEqual(expected);
  });

  it.each([
    { within: 'seconds', apart_ms: 1 },
    { within: 'hours', apart_ms: 50 * SECOND_MS },
    { within: 'years', apart_ms: DAY_MS },
  ])('counts the same however records are cut into batches: orders within $within', async ({ apart_ms }) => {
    const histories = repeatingHistory(anOrder(300, apart_ms), 200);
    const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(histories, cuts, async (history, places) => {
        const inside = places.filter((place) => place < history.length);
        expect(await foldBatches(history, inside)).toEqual(firsts(history));
      }),
      { numRuns: 60 },
    );
  });
});

describe('past_orders', () => {
  it('hold each order that is on a page, at the offset of the order that completed the page', () => {
    fc.assert(
      fc.property(repeatingHistory(anOrder(2_000, HOUR_MS), 400), (history) => {
        const folded = foldHistory(history, 40);
        const onPages = folded.rows.flatMap((mutation) =>
          mutation.kind === 'put' && mutation.table.name === 'raw_orders' ? (JSON.parse(String(mutation.row.orders)) as UserOrder[]) : [],
        );
        const identities = onPages.map(([, ts_ms, menuType, orderId]) => identityOf({ ts_ms, menuType, orderId, userId: 'u' }));
        expect(pastRowsOf(folded).flatMap(identitiesOf).toSorted()).toEqual(identities.toSorted());
        for (const mutation of folded.rows) {
          if (mutation.table.name !== pastOrders.name) continue;
          expect(mutation).toMatchObject({ row: { offset: mutation.version } });
          expect(folded.counted).toContain(mutation.version / 40);
        }
      }),
    );
  });

  it.each([
    { every: '2 ms', apart_ms: 2, lengths: [19] },
    { every: '2 s', apart_ms: 2 * SECOND_MS, lengths: [16] },
    { every: '2 min', apart_ms: 120 * SECOND_MS, lengths: [13] },
    { every: '2 h', apart_ms: 2 * HOUR_MS, lengths: [10] },
    { every: '2 days', apart_ms: 2 * DAY_MS, lengths: [4] },
  ])('are few rows of few orders, however fast a user orders: every $every', ({ apart_ms, lengths }) => {
    for (const apart of [1, 1_000, 20_000]) {
      const folded = foldHistory(stream(2_000, apart_ms), apart);
      const rows = pastRowsOf(folded);
      const pages = folded.rows.length - rows.length;
      const orders = rows.flatMap(identitiesOf).length;
      expect(folded.state.filed).toEqual(lengths);
      expect(rows.length).toBeLessThanOrEqual(pages + orders / 4);
      const bySpan = Map.groupBy(rows, ({ span }) => span);
      for (const ofSpan of bySpan.values()) expect(ofSpan.flatMap(identitiesOf).length).toBeLessThanOrEqual(lengths[0] === 19 ? 500 : 256);
    }
  });

  it('are by day at the widest where orders do not come in the order of their time', () => {
    const folded = foldHistory(shuffle(stream(1_500, 3 * HOUR_MS), new Random(2)));
    const [first, ...rest] = new Set(pastRowsOf(folded).map(({ offset }) => offset));
    expect(rest.length).toBeGreaterThan(5);
    for (const { offset, span } of pastRowsOf(folded)) if (offset !== first) expect(span.length).toBeGreaterThanOrEqual(10);
  });

  it('are asked for nothing by a stream in the order of its time, and but for a late order’s own span', () => {
    const history = stream(5_000, 300 * SECOND_MS);
    expect(foldHistory(history).lookedUp).toEqual([]);
    const late = foldHistory([...history, datedOrder('yoshoku', START_MS + DAY_MS)]);
    expect(late.lookedUp).toEqual([5_000]);
    expect(late.state.filed).toEqual([13]);
  });
});
