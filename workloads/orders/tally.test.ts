import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_MENU, Menu } from './menu.ts';
import type { Order } from './order.ts';
import { identityOf } from './orders-model.testing.ts';
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

function dated(menuType: string, ts_ms: number, orderId: string | null = null): DatedOrder {
  return { order: { orderId, userId: 'u', ts_ms, menuType }, day: DAYS[ts_ms % 2] as string };
}

/** Ids made of what stands between the values of a JSON text. */
const HOSTILE = fc.string({ unit: fc.constantFrom('"', ',', ']', '\\', 'a'), minLength: 1, maxLength: 4 });

const orders = fc.array(
  fc
    .record({
      menuType: fc.constantFrom(...menu.menuTypes),
      ts_ms: fc.integer({ min: 0, max: 60 }),
      orderId: fc.option(fc.oneof(fc.integer({ min: 0, max: 60 }).map(String), HOSTILE)),
    })
    .map(({ menuType, ts_ms, orderId }) => dated(menuType, ts_ms, orderId)),
  { maxLength: 120 },
);

/** Folds a history of orders so many offsets apart, gathering what each order gave. */
function foldAll(history: readonly DatedOrder[], apart = 1): { state: UserState; steps: TalliedOrder[] } {
  let state = NEW_USER;
  const steps = history.map((order, index) => {
    const step = tally(menu, state, order, index * apart);
    state = step.state;
    return step;
  });
  return { state, steps };
}

/** Which orders count, read literally: those whose identity is none of the last accepted ones'. */
function naiveAccepted(history: readonly DatedOrder[]): Order[] {
  const accepted: Order[] = [];
  for (const { order } of history) {
    if (!accepted.slice(-RECENT_ORDERS).some((earlier) => identityOf(earlier) === identityOf(order))) accepted.push(order);
  }
  return accepted;
}

describe('tally', () => {
  it('counts each identity once', () => {
    fc.assert(
      fc.property(orders, (history) => {
        const { state, steps } = foldAll(history);
        const accepted = naiveAccepted(history);
        expect(steps.filter(({ kind }) => kind === 'counted')).toHaveLength(accepted.length);
        for (const menuType of menu.menuTypes) {
          expect(state.counts.get(menuType) ?? 0).toBe(accepted.filter((order) => order.menuType === menuType).length);
        }
        expect(state.lsn).toBe(history.length - 1);
      }),
    );
  });

  it('keeps every counted order, in the state or on a page', () => {
    fc.assert(
      fc.property(orders, fc.constantFrom(1, 150, 2_000), (history, apart) => {
        const { state, steps } = foldAll(history, apart);
        const counted = steps.flatMap((step, index): UserOrder[] => {
          const { ts_ms, menuType, orderId } = (history[index] as DatedOrder).order;
          return step.kind === 'counted' ? [[index * apart, ts_ms, menuType, orderId]] : [];
        });
        const pages = steps.flatMap(({ page }) => (page ? [page] : []));
        expect([...pages.flat(), ...state.recent]).toEqual(counted.map(encodeUserOrder));
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
    const pages = steps.flatMap(({ page }) => (page ? [page] : []));
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
    const late = tally(menu, burst.state, dated('yoshoku', 0), USER_PAGE_OFFSETS);
    expect(late).toMatchObject({ kind: 'counted', page: burst.state.recent.slice(0, onPage) });
    expect(late.state.recent).toHaveLength(RECENT_ORDERS);
  });

  it('changes totals so that their sums are the orders of each day and the people of each segment', () => {
    fc.assert(
      fc.property(orders, (history) => {
        const { state, steps } = foldAll(history);
        const sums = new Map<string, { orders: number; users: number }>();
        for (const step of steps) {
          for (const change of step.kind === 'counted' ? step.totals : []) {
            const sum = sums.get(`${change.period}/${change.name}`) ?? { orders: 0, users: 0 };
            const { orders = 0, users = 0 } = change.figures;
            sums.set(`${change.period}/${change.name}`, { orders: sum.orders + orders, users: sum.users + users });
          }
        }
        const accepted = naiveAccepted(history);
        for (const segment of menu.menuTypes) {
          const isIn = state.segments.get(menu.dimensionOf(segment) ?? '') === segment;
          const counted = accepted.filter(({ menuType }) => menuType === segment);
          const none = { orders: 0, users: 0 };
          expect(sums.get(`all/${segment}`) ?? none).toEqual({ orders: counted.length, users: isIn ? 1 : 0 });
          for (const [index, day] of DAYS.entries()) {
            const ofDay = counted.filter(({ ts_ms }) => ts_ms % 2 === index);
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
        for (const step of foldAll(history).steps) {
          const members = (user: UserState) => new Set(user.segments.values());
          const moved = [...members(before).symmetricDifference(members(step.state))];
          expect(new Set(step.kind === 'counted' ? step.touched : [])).toEqual(new Set(moved));
          before = step.state;
        }
      }),
    );
  });

  it('leaves the state it was given as it was', () => {
    const first = tally(menu, NEW_USER, dated('washoku', 0), 0);
    const copy = structuredClone(first.state);
    tally(menu, first.state, dated('yoshoku', 1), 1);
    expect(first.state).toEqual(copy);
    expect(NEW_USER).toEqual({ counts: new Map(), segments: new Map(), recent: [], lsn: -1 });
  });

  it('lets a duplicate change nothing but the lsn', () => {
    const { state } = foldAll([dated('washoku', 0, 'a'), dated('yoshoku', 0, 'b')]);
    expect(tally(menu, state, dated('takenoko', 9, 'a'), 2)).toEqual({ kind: 'duplicate', state: { ...state, lsn: 2 } });
  });

  it.each([1, 7, 8, 128])(`remembers ${RECENT_ORDERS} orders, not one more: after %s others`, (others) => {
    const ways = [(index: number) => dated('washoku', 0, `o${index}`), (index: number) => dated('washoku', index)];
    for (const nth of ways) {
      const { state } = foldAll(Array.from({ length: RECENT_ORDERS + others }, (_, index) => nth(index)));
      expect(tally(menu, state, nth(others - 1), 99).kind).toBe('counted');
      expect(tally(menu, state, nth(others), 99).kind).toBe('duplicate');
    }
  });

  it('tells an order without an id by instant and menu type, and never takes an id for one', () => {
    const { state } = foldAll([dated('washoku', 10)]);
    expect(tally(menu, state, dated('washoku', 10), 1).kind).toBe('duplicate');
    expect(tally(menu, state, dated('yoshoku', 10), 1).kind).toBe('counted');
    expect(tally(menu, state, dated('washoku', 11), 1).kind).toBe('counted');
    expect(tally(menu, state, dated('washoku', 10, 't10/washoku'), 1).kind).toBe('counted');
  });
});
