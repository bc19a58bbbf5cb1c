import { expect, it } from 'vitest';
import { defineFold } from './definition.ts';
import { tradeOrders } from './pipeline/names.testing.ts';
import { pinText } from './pipeline/pin.testing.ts';
import { ALL } from './totals.ts';

/** A fold but for what it does with an event. */
const BASE = {
  name: 'typed',
  topic: 'in',
  group: 'typed',
  rejectedTopic: 'rejected',
  pin: pinText('typed'),
  read: () => ({ ok: true as const, key: 'k', event: 'event', periods: [] }),
  pages: { table: tradeOrders, keyOf: (order_id: string) => ({ order_id }) },
  initial: 0,
  encode: String,
  decode: Number,
};

it('a fold that declares what it sends and sums compiles', () => {
  const fold = defineFold({
    ...BASE,
    emits: ['out'],
    delays: { later: { duration_ms: 1 } },
    measures: { orders: { nonNegative: true } },
    fold: (state: number) => ({
      outcome: 'counted',
      state,
      emits: [{ topic: 'out', key: 'k', value: '' }],
      after: [{ delay: 'later', key: 'k', value: '' }],
      totals: [{ period: ALL, name: 'n', figures: { orders: 1 } }],
    }),
  });
  expect(fold.emits).toEqual(['out']);
});

it('an undeclared topic does not compile', () => {
  const fold = defineFold({
    ...BASE,
    emits: ['out'],
    measures: {},
    // @ts-expect-error: the fold declares out only
    fold: (state: number) => ({ outcome: 'counted', state, emits: [{ topic: 'elsewhere', key: 'k', value: '' }] }),
  });
  expect(fold.emits).not.toContain('elsewhere');
});

it('a topic does not compile where none is declared', () => {
  const fold = defineFold({
    ...BASE,
    measures: {},
    // @ts-expect-error: the fold declares no topic
    fold: (state: number) => ({ outcome: 'counted', state, emits: [{ topic: 'out', key: 'k', value: '' }] }),
  });
  expect(fold.emits).toBeUndefined();
});

it('an undeclared delay does not compile', () => {
  const fold = defineFold({
    ...BASE,
    delays: { later: { duration_ms: 1 } },
    measures: {},
    // @ts-expect-error: the fold declares later only
    fold: (state: number) => ({ outcome: 'counted', state, after: [{ delay: 'sooner', key: 'k', value: '' }] }),
  });
  expect(fold.delays).not.toHaveProperty('sooner');
});

it('an undeclared measure does not compile', () => {
  const fold = defineFold({
    ...BASE,
    measures: { orders: { nonNegative: true } },
    // @ts-expect-error: the fold sums orders only
    fold: (state: number) => ({ outcome: 'counted', state, totals: [{ period: ALL, name: 'n', figures: { yen: 1 } }] }),
  });
  expect(fold.measures).not.toHaveProperty('yen');
});

it('neither does what an expiry does', () => {
  const fold = defineFold({
    ...BASE,
    emits: ['out'],
    measures: {},
    fold: (state: number) => ({ outcome: 'counted', state }),
    expiry: {
      due_ms: () => undefined,
      // @ts-expect-error: the fold declares out only
      expire: (state: number) => ({ state, emits: [{ topic: 'elsewhere', key: 'k', value: '' }] }),
    },
  });
  expect(fold.expiry).toBeDefined();
});

it.each(['orders/eu', 'orders>eu', 'Orders', '', 'orders eu'])('no fold and no delay is called %j', (name) => {
  const fold = (state: number) => ({ outcome: 'counted' as const, state });
  const problem = `${JSON.stringify(name)} is no name of a fold or a delay`;
  expect(() => defineFold({ ...BASE, name, measures: {}, fold })).toThrow(problem);
  expect(() => defineFold({ ...BASE, delays: { [name]: { duration_ms: 1 } }, measures: {}, fold })).toThrow(problem);
});
