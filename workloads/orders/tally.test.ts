import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Mutation } from '#platform/tables/tables.ts';
import { DEFAULT_MENU, Menu } from './menu.ts';
import type { Order } from './order.ts';
import { identityOf } from './orders-model.testing.ts';
import { anOrder, foundIn, repeatingHistory } from './past-orders.testing.ts';
import { pastRows } from './past-orders.ts';
import {
  type DatedOrder,
  encodeUserOrder,
  NEW_USER,
  RECENT_ORDERS,
  type TalliedOrder,
  tally,
  USER_PAGE_OFFSETS,
  USER_PAGE_ORDERS_MAX,
  USER_PAGE_ORDERS_MIN,
  type UserOrder,
  type UserState,
} from './tally.ts';

const menu = new Menu(DEFAULT_MENU);
const DAYS = ['2026-01-01', '2026-01-02'] as const;

const LAYOUT = { shards: 1, buckets: 1 };

function dated(menuType: string, ts_ms: number, orderId: string | null = null): DatedOrder {
  return { order: { orderId, userId: 'u', ts_ms, menuType }, day: DAYS[ts_ms % 2] as string };
}

const orders = fc
  .oneof(repeatingHistory(anOrder(60), 120), repeatingHistory(anOrder(2_000), 400))
  .map((history) => history.map(({ order: { menuType, ts_ms, orderId } }) => dated(menuType, ts_ms, orderId)));

/** What an order gave, and the state after it. */
interface Step {
  readonly tallied: TalliedOrder;
  readonly state: UserState;
}

/** Folds one order as the engine does: with what is found in the rows that earlier ones have completed. */
function step(before: UserState, order: DatedOrder, offset: number, rows: readonly Mutation[] = []): Step {
  const tallied = tally(menu, before, order, offset, foundIn(rows, before, order));
  return { tallied, state: tallied.outcome === 'counted' ? tallied.state : before };
}

/** Folds a history of orders so many offsets apart, gathering what each order gave. */
function foldAll(history: readonly DatedOrder[], apart = 1): { state: UserState; steps: Step[] } {
  let state = NEW_USER;
  const rows: Mutation[] = [];
  const steps = history.map((order, index) => {
    const next = step(state, order, index * apart, rows);
    state = next.state;
    if (next.tallied.outcome === 'counted' && next.tallied.page) rows.push(...pastRows('u', next.tallied.page, index * apart, LAYOUT));
    return next;
  });
  return { state, steps };
}

function counted(steps: readonly Step[]): (TalliedOrder & { outcome: 'counted' })[] {
  return steps.flatMap(({ tallied }) => (tallied.outcome === 'counted' ? [tallied] : []));
}

function pagesOf(steps: readonly Step[]): (readonly string[])[] {
  return counted(steps).flatMap(({ page }) => (page ? [page.texts] : []));
}

/** Which orders count, read literally: the first of each identity. */
function naiveAccepted(history: readonly DatedOrder[]): Order[] {
  const accepted = new Map<string, Order>();
  for (const { order } of history) if (!accepted.has(identityOf(order))) accepted.set(identityOf(order), order);
  return [...accepted.values()];
}

describe('tally', () => {
  it('counts each identity once', () => {
    fc.assert(
      fc.property(orders, (history) => {
        const { state, steps } = foldAll(history);
        const accepted = naiveAccepted(history);
        expect(counted(steps)).toHaveLength(accepted.length);
        for (const menuType of menu.menuTypes) {
          expect(state.counts.get(menuType) ?? 0).toBe(accepted.filter((order) => order.menuType === menuType).length);
        }
      }),
    );
  });

  it('keeps every counted order, in the state or on a page', () => {
    fc.assert(
      fc.property(orders, fc.constantFrom(1, 150, 2_000), (history, apart) => {
        const { state, steps } = foldAll(history, apart);
        const kept = steps.flatMap(({ tallied }, index): UserOrder[] => {
          const { ts_ms, menuType, orderId } = (history[index] as DatedOrder).order;
          return tallied.outcome === 'counted' ? [[index * apart, ts_ms, menuType, orderId]] : [];
        });
        const pages = pagesOf(steps);
        expect([...pages.flat(), ...state.recent]).toEqual(kept.map(encodeUserOrder));
        for (const page of pages) expect(page.length).toBeGreaterThanOrEqual(USER_PAGE_ORDERS_MIN);
        if (pages.length > 0) expect(state.recent.length).toBeGreaterThanOrEqual(RECENT_ORDERS);
      }),
    );
  });

  it.each([
    { apart: 1, inPage: USER_PAGE_ORDERS_MAX },
    { apart: 62, inPage: USER_PAGE_ORDERS_MAX },
    { apart: 100, inPage: 69 },
    { apart: 257, inPage: USER_PAGE_ORDERS_MIN },
    { apart: 1_000_000, inPage: USER_PAGE_ORDERS_MIN },
  ])('puts $inPage orders on a page that are $apart offsets apart', ({ apart, inPage }) => {
    const { state, steps } = foldAll(
      Array.from({ length: 800 }, (_, index) => dated('washoku', index * 2, `o${index}`)),
      apart,
    );
    const pages = pagesOf(steps);
    expect(new Set(pages.map((page) => page.length))).toEqual(new Set([inPage]));
    expect(state.recent.length).toBeLessThan(RECENT_ORDERS + inPage);
  });

  it.each([
    { inBurst: RECENT_ORDERS + USER_PAGE_ORDERS_MAX - 1, onPage: USER_PAGE_ORDERS_MAX },
    { inBurst: 60, onPage: 29 },
    { inBurst: RECENT_ORDERS + USER_PAGE_ORDERS_MIN - 1, onPage: USER_PAGE_ORDERS_MIN },
  ])('puts what a burst of $inBurst left in the row on a page with the next order', ({ inBurst, onPage }) => {
    const burst = foldAll(Array.from({ length: inBurst }, (_, index) => dated('washoku', index)));
    expect(burst.state.recent).toHaveLength(inBurst);
    const late = step(burst.state, dated('yoshoku', 0), USER_PAGE_OFFSETS);
    expect(late.tallied).toMatchObject({ outcome: 'counted', page: { texts: burst.state.recent.slice(0, onPage) } });
    expect(late.state.recent).toHaveLength(RECENT_ORDERS);
  });

  it('changes totals so that their sums are the orders of each day and the people of each segment', () => {
    fc.assert(
      fc.property(orders, (history) => {
        const { state, steps } = foldAll(history);
        const sums = new Map<string, { orders: number; users: number }>();
        for (const { totals } of counted(steps)) {
          for (const change of totals ?? []) {
            const sum = sums.get(`${change.period}/${change.name}`) ?? { orders: 0, users: 0 };
            const { orders = 0, users = 0 } = change.figures;
            sums.set(`${change.period}/${change.name}`, { orders: sum.orders + orders, users: sum.users + users });
          }
        }
        const accepted = naiveAccepted(history);
        for (const segment of menu.menuTypes) {
          const isIn = state.segments.get(menu.dimensionOf(segment) ?? '') === segment;
          const ofSegment = accepted.filter(({ menuType }) => menuType === segment);
          const none = { orders: 0, users: 0 };
          expect(sums.get(`all/${segment}`) ?? none).toEqual({ orders: ofSegment.length, users: isIn ? 1 : 0 });
          for (const [index, day] of DAYS.entries()) {
            const ofDay = ofSegment.filter(({ ts_ms }) => ts_ms % 2 === index);
            expect(sums.get(`${day}/${segment}`) ?? none).toEqual({ orders: ofDay.length, users: 0 });
          }
        }
      }),
    );
  });

  it('touches exactly the segments that an order makes the user enter or leave', () => {
    fc.assert(
      fc.property(orders, (history) => {
        let before = NEW_USER;
        for (const { tallied, state } of foldAll(history).steps) {
          const members = (user: UserState) => new Set(user.segments.values());
          const moved = [...members(before).symmetricDifference(members(state))];
          expect(new Set(tallied.outcome === 'counted' ? tallied.touched : [])).toEqual(new Set(moved));
          before = state;
        }
      }),
    );
  });

  it('leaves the state it was given as it was', () => {
    const first = step(NEW_USER, dated('washoku', 0), 0);
    const copy = structuredClone(first.state);
    step(first.state, dated('yoshoku', 1), 1);
    expect(first.state).toEqual(copy);
    expect(NEW_USER).toEqual({ counts: new Map(), segments: new Map(), recent: [], paged_ms: -1, filed: [] });
  });

  it('lets a repeated order change nothing', () => {
    const { state } = foldAll([dated('washoku', 0, 'a'), dated('yoshoku', 0, 'b')]);
    expect(step(state, dated('takenoko', 0, 'a'), 2).tallied).toEqual({ outcome: 'repeated' });
  });

  it('counts an id that comes again with another time: it is another order', () => {
    const { state } = foldAll([dated('washoku', 0, 'a'), dated('yoshoku', 0, 'b')]);
    expect(step(state, dated('washoku', 9, 'a'), 2).tallied.outcome).toBe('counted');
  });

  it.each([1, 7, 8, 128, 300])('counts an order once that comes again after %s others than the last 32', (others) => {
    const ways = [(index: number) => dated('washoku', 0, `o${index}`), (index: number) => dated('washoku', index)];
    for (const nth of ways) {
      const history = Array.from({ length: RECENT_ORDERS + others }, (_, index) => nth(index));
      for (const again of [[nth(0)], [nth(others - 1)], [nth(others)], history, history.toReversed()]) {
        expect(counted(foldAll([...history, ...again]).steps)).toHaveLength(history.length);
      }
    }
  });

  it('needs nothing but the user’s row for an order that is later than all on pages', () => {
    const { state, steps } = foldAll(Array.from({ length: 400 }, (_, index) => dated('washoku', index)));
    const onPages = pagesOf(steps).flat().length;
    expect(state.paged_ms).toBe(onPages - 1);
    const without = (ts_ms: number) => () => tally(menu, state, dated('washoku', ts_ms), 999, undefined).outcome;
    expect(without(400)()).toBe('counted');
    expect(without(onPages)()).toBe('repeated');
    expect(without(onPages - 1)).toThrow('was not looked up');
  });

  it('tells an order without an id by instant and menu type, and never takes an id for one', () => {
    const { state } = foldAll([dated('washoku', 10)]);
    const outcome = (order: DatedOrder) => step(state, order, 1).tallied.outcome;
    expect(outcome(dated('washoku', 10))).toBe('repeated');
    expect(outcome(dated('yoshoku', 10))).toBe('counted');
    expect(outcome(dated('washoku', 11))).toBe('counted');
    expect(outcome(dated('washoku', 10, 't10/washoku'))).toBe('counted');
  });
});
