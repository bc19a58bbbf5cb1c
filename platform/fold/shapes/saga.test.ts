import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NewRecord } from '#platform/log/log.ts';
import { command, from, given, START_MS, timer } from '../given.testing.ts';
import { arrived, OneShard } from '../one-shard.testing.ts';
import { ALL } from '../totals.ts';
import { type OrderFact, orders, PATIENCE_MS } from './saga-order.testing.ts';
import { stock } from './saga-stock.testing.ts';

const LINES = { ramen: 2, soba: 1 };
const placed = command('o1', { kind: 'place', command_id: 'c1', lines: LINES });
const cancelled = command('o1', { kind: 'cancel', command_id: 'c2' });
const replied = (kind: 'reserved' | 'rejected', product_id: string, time_ms = START_MS) =>
  from('stock/0', 'o1', { kind, product_id }, { time_ms });
const rung = timer('deadline', 'o1', { kind: 'deadline' }, START_MS + PATIENCE_MS);

const told = (value: object) => ({ topic: 'answers' as const, key: 'o1', value });
const sent = (kind: 'reserve' | 'release', product_id: 'ramen' | 'soba') => ({
  topic: 'stock' as const,
  key: product_id,
  value: { kind, order_id: 'o1', quantity: LINES[product_id] },
});
const rowsOf = (version: number, ...facts: OrderFact[]) =>
  facts.map((fact, index) => ({
    table: 'order_events',
    row: { order_id: 'o1', version: version + index, fact: JSON.stringify(fact) },
  }));
const ended = (name: 'confirmed' | 'cancelled') => [{ period: ALL, name, figures: { orders: 1 } }];

describe('an order', () => {
  it('reserves its lines and waits for a time', async () => {
    await given(orders)
      .when(placed)
      .gives({
        rows: rowsOf(1, { kind: 'placed', lines: LINES, due_ms: START_MS + PATIENCE_MS }),
        emits: [sent('reserve', 'ramen'), sent('reserve', 'soba'), told({ command_id: 'c1', ok: true, version: 1 })],
        after: [{ delay: 'deadline', key: 'o1', value: { kind: 'deadline' } }],
      });
  });

  it('answers a repeated command again, and refuses another order of the same name', async () => {
    await given(orders, placed)
      .when(placed)
      .gives({ outcome: 'repeated', emits: [told({ command_id: 'c1', ok: true, version: 1 })] });
    await given(orders, placed)
      .when(command('o1', { kind: 'place', command_id: 'c9', lines: {} }))
      .gives({ outcome: 'refused', emits: [told({ command_id: 'c9', ok: false, refusal: { reason: 'exists' } })] });
  });

  it('is confirmed when all is reserved', async () => {
    await given(orders, placed, replied('reserved', 'ramen'))
      .when(replied('reserved', 'soba'))
      .gives({ rows: rowsOf(3, { kind: 'line_reserved', product_id: 'soba' }, { kind: 'confirmed' }), totals: ended('confirmed') });
  });

  it('releases what was reserved when a line is rejected, before or after', async () => {
    await given(orders, placed, replied('reserved', 'ramen'))
      .when(replied('rejected', 'soba'))
      .gives({
        rows: rowsOf(
          3,
          { kind: 'line_rejected', product_id: 'soba' },
          { kind: 'cancelling', reason: 'out_of_stock' },
          { kind: 'cancelled' },
        ),
        emits: [sent('release', 'ramen')],
        totals: ended('cancelled'),
      });
    await given(orders, placed, replied('rejected', 'soba'))
      .when(replied('reserved', 'ramen'))
      .gives({
        rows: rowsOf(4, { kind: 'line_reserved', product_id: 'ramen' }, { kind: 'cancelled' }),
        emits: [sent('release', 'ramen')],
        totals: ended('cancelled'),
      });
  });

  it('stops waiting at its deadline: at the timer, or at what comes first', async () => {
    const expired = rowsOf(3, { kind: 'cancelling', reason: 'deadline' });
    await given(orders, placed, replied('reserved', 'ramen')).when(rung).gives({ rows: expired });
    await given(orders, placed, replied('reserved', 'ramen'))
      .when(replied('reserved', 'soba', START_MS + PATIENCE_MS))
      .gives({
        rows: [...expired, ...rowsOf(4, { kind: 'line_reserved', product_id: 'soba' }, { kind: 'cancelled' })],
        emits: [sent('release', 'ramen'), sent('release', 'soba')],
        totals: ended('cancelled'),
      });
    await given(orders, placed, replied('reserved', 'ramen'), replied('reserved', 'soba')).when(rung).gives({});
  });

  it('is cancelled by the customer, at the version that they saw', async () => {
    const seen = (expected_version: number) => command('o1', { kind: 'cancel', command_id: 'c2', expected_version });
    await given(orders, placed)
      .when(seen(1))
      .gives({
        rows: rowsOf(2, { kind: 'cancelling', reason: 'customer' }),
        emits: [told({ command_id: 'c2', ok: true, version: 2 })],
      });
    await given(orders, placed, replied('reserved', 'ramen'))
      .when(seen(1))
      .gives({
        outcome: 'refused',
        emits: [told({ command_id: 'c2', ok: false, refusal: { reason: 'version_conflict', actual_version: 2 } })],
      });
    await given(orders)
      .when(cancelled)
      .gives({ outcome: 'refused', emits: [told({ command_id: 'c2', ok: false, refusal: { reason: 'unknown_order' } })] });
  });
});

describe('a stock', () => {
  const restocked = command('ramen', { kind: 'restock', command_id: 's1', quantity: 3 });
  const asked = (kind: 'reserve' | 'release', quantity: number) => from('orders/0', 'ramen', { kind, order_id: 'o1', quantity });
  const reply = (kind: string) => ({ topic: 'orders' as const, key: 'o1', value: { kind, product_id: 'ramen' } });

  it('is reserved while there is enough', async () => {
    await given(stock, restocked)
      .when(asked('reserve', 3))
      .gives({
        emits: [reply('reserved')],
        state: { state: { left: 0, held: 3 }, version: 2, answers: [['s1', { ok: true, version: 1 }]] },
      });
    await given(stock, restocked, asked('reserve', 2))
      .when(asked('reserve', 2))
      .gives({ outcome: 'refused', emits: [reply('rejected')] });
  });

  it('has again what is released', async () => {
    await given(stock, restocked, asked('reserve', 2), asked('release', 2))
      .when(asked('reserve', 3))
      .gives({ emits: [reply('reserved')] });
  });
});

/** Both folds, what they have sent each other, and what waits for its time. Every queue keeps its order; who goes first is drawn. */
class Shop {
  now_ms = START_MS;
  readonly folds = { orders: new OneShard(orders), stock: new OneShard(stock) };
  readonly #offsets = { orders: 0, stock: 0 };
  readonly #queues: Record<'http' | 'orders' | 'stock' | 'delay', { readonly topic: 'orders' | 'stock'; readonly record: NewRecord }[]>;

  constructor(commands: readonly { readonly topic: 'orders' | 'stock'; readonly key: string; readonly value: object }[]) {
    const http = commands.map(({ topic, key, value }) => ({
      topic,
      record: { key, value: JSON.stringify(value), timestamp_ms: START_MS },
    }));
    this.#queues = { http, orders: [], stock: [], delay: [] };
  }

  /** Hands one record to its fold, perhaps twice. False when nothing is under way. */
  async step(draw: number): Promise<boolean> {
    const queues = Object.values(this.#queues).filter((queue) => queue.length > 0);
    const queue = queues[draw % queues.length];
    const next = queue?.shift();
    if (!next) return false;
    this.now_ms += draw % 7_000;
    for (let times = draw % 5 === 0 ? 2 : 1; times > 0; times--) await this.#hand(next.topic, next.record);
    return true;
  }

  async #hand(topic: 'orders' | 'stock', record: NewRecord): Promise<void> {
    const { emitted } = await this.folds[topic].fold([arrived({ ...record, timestamp_ms: this.now_ms }, this.#offsets[topic]++)]);
    for (const { topic: to, record: sent } of emitted) {
      if (to === 'orders' || to === 'stock') this.#queues[to].push({ topic: to, record: sent });
      if (to === 'orders-delay-deadline') this.#queues.delay.push({ topic: 'orders', record: sent });
    }
  }
}

const PRODUCTS = ['ramen', 'soba'] as const;
const orderOf = fc.record({
  lines: fc.dictionary(fc.constantFrom(...PRODUCTS), fc.integer({ min: 1, max: 3 }), { minKeys: 1 }),
  isCancelled: fc.boolean(),
});

it('whatever the order of events, no order is stuck, nothing is sold twice, and orders and stock agree', async () => {
  const property = fc.asyncProperty(
    fc.array(orderOf, { minLength: 1, maxLength: 5 }),
    fc.array(fc.nat(), { minLength: 5, maxLength: 30 }),
    async (placing, draws) => {
      const restock = PRODUCTS.map((product_id) => ({
        topic: 'stock' as const,
        key: product_id,
        value: { kind: 'restock', command_id: 'restock', quantity: 4 },
      }));
      const commands = placing.flatMap(({ lines, isCancelled }, number) => {
        const to = { topic: 'orders' as const, key: `o${number}` };
        const place = { ...to, value: { kind: 'place', command_id: 'place', lines } };
        return isCancelled ? [place, { ...to, value: { kind: 'cancel', command_id: 'cancel' } }] : [place];
      });
      const shop = new Shop([...restock, ...commands]);
      for (let step = 0; await shop.step(draws[step % draws.length] ?? 0); step++);
      const held = new Map<string, number>();
      for (const { state } of shop.folds.orders.pages()) {
        const { status, lines } = state.state;
        expect(status).toMatch(/^(confirmed|cancelled)$/);
        if (status !== 'confirmed') continue;
        for (const { product_id, quantity } of lines) held.set(product_id, (held.get(product_id) ?? 0) + quantity);
      }
      for (const { key, state } of shop.folds.stock.pages()) {
        const sold = held.get(String(key.product_id)) ?? 0;
        expect(state.state).toEqual({ left: 4 - sold, held: sold });
        expect(sold).toBeLessThanOrEqual(4);
      }
    },
  );
  await fc.assert(property, { numRuns: 50 });
});
