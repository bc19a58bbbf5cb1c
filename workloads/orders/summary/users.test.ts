import { describe, expect, it } from 'vitest';
import { createCounter } from '../counter/counter.ts';
import { createIngest } from '../ingest/ingest.ts';
import { ordered, runOrders } from '../orders.testing.ts';
import { createSummary } from './summary.ts';

const create = [createIngest, createCounter, createSummary];
const order = { user_id: 'u1', timestamp: '2025-05-30T12:00:00Z', menu_type: 'washoku' };

describe('GET /api/users/{id}', () => {
  it('has the segments, the counts and the orders, the last counted first', async () => {
    const running = await runOrders({ create });
    await ordered(running, [
      order,
      { ...order, timestamp: '2025-05-31T12:00:00Z', order_id: 'o2' },
      { ...order, timestamp: '2025-05-29T12:00:00Z', menu_type: 'yoshoku' },
      { ...order, menu_type: 'kinoko', timestamp: '2025-05-30T11:00:00Z' },
      { ...order, user_id: 'u2' },
    ]);
    expect((await running.get('/api/users/u1')).json).toEqual({
      user_id: 'u1',
      segments: { cuisine: 'washoku', snack: 'kinoko' },
      counts: { washoku: 2, yoshoku: 1, kinoko: 1 },
      orders: [
        { timestamp: '2025-05-30T11:00:00.000Z', menu_type: 'kinoko' },
        { timestamp: '2025-05-29T12:00:00.000Z', menu_type: 'yoshoku' },
        { timestamp: '2025-05-31T12:00:00.000Z', menu_type: 'washoku', order_id: 'o2' },
        { timestamp: '2025-05-30T12:00:00.000Z', menu_type: 'washoku' },
      ],
    });
    const first = (await running.get('/api/users/u1?limit=3')).json as { orders: unknown[]; next_cursor: string };
    expect(first.orders).toHaveLength(3);
    const second = (await running.get(`/api/users/u1?limit=3&cursor=${first.next_cursor}`)).json as { orders: { menu_type: string }[] };
    expect(second.orders.map(({ menu_type }) => menu_type)).toEqual(['washoku']);
    expect(second).not.toHaveProperty('next_cursor');
    expect((await running.get(`/api/users/u2?cursor=${first.next_cursor}`)).status).toBe(422);
  });

  it('lists every order once, however the pages of the list and of the table are cut', async () => {
    const running = await runOrders({ create });
    const sent: string[] = [];
    for (const count of [130, 1, 1, 40]) {
      const orders = Array.from({ length: count }, (_, index) => ({ ...order, order_id: `${sent.length + index}` }));
      await ordered(running, orders);
      sent.push(...orders.map(({ order_id }) => order_id));
    }
    for (const limit of [7, 100, 172, 1_000]) {
      const listed: string[] = [];
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        const { json } = await running.get(`/api/users/u1?limit=${limit}${cursor && `&cursor=${cursor}`}`);
        const page = json as { orders: { order_id: string }[]; next_cursor?: string };
        expect(page.orders.length).toBeLessThanOrEqual(limit);
        listed.push(...page.orders.map(({ order_id }) => order_id));
        cursor = page.next_cursor;
      }
      expect(listed).toEqual(sent.toReversed());
    }
  });

  it('knows users by any id, unchanged', async () => {
    const running = await runOrders({ create });
    const ids = [
      '__proto__',
      '.',
      '..',
      'a/b',
      '%2F',
      '🍣',
      '\u0000\u001f\u007f',
      "'; DROP TABLE raw_orders; --",
      '?x=1#y',
      ' ',
      'x'.repeat(128),
    ];
    await ordered(
      running,
      ids.map((user_id) => ({ ...order, user_id, order_id: user_id })),
    );
    for (const id of ids) {
      const known = { user_id: id, orders: [{ order_id: id }] };
      // Of . and .. every client makes another path.
      if (!/^\.+$/.test(id)) expect((await running.get(`/api/users/${encodeURIComponent(id)}`)).json).toMatchObject(known);
      expect((await running.get(`/api/users?id=${encodeURIComponent(id)}`)).json).toMatchObject(known);
    }
    const { json } = await running.get('/api/segments');
    expect((json as { cuisines: { users: string[] }[] }).cuisines[0]?.users.sort()).toEqual([...ids].sort());
  });

  it('knows no user by a spelling under which it takes no order: it is too long', async () => {
    const one = await runOrders({ create, environment: { KAISEKI_NORMALIZE_IDS: 'NFC' } });
    const [composed, decomposed] = ['\u00e9'.repeat(60), '\u0065\u0301'.repeat(60)];
    await ordered(one, [{ ...order, user_id: composed, order_id: '1' }]);
    expect((await one.get(`/api/users?id=${encodeURIComponent(composed)}`)).status).toBe(200);
    expect((await one.get(`/api/users?id=${encodeURIComponent(decomposed)}`)).status).toBe(404);
  });

  it('knows a user by every Unicode spelling, where ids are normalized, and by their own only, where they are not', async () => {
    const [decomposed, composed] = ['Ren\u0065\u0301', 'Ren\u00e9'];
    const spellings = [decomposed, composed].map((user_id, index) => ({ ...order, user_id, order_id: String(index) }));
    const one = await runOrders({ create, environment: { KAISEKI_NORMALIZE_IDS: 'NFC' } });
    await ordered(one, spellings);
    const two = await runOrders({ create });
    await ordered(two, spellings);
    for (const id of [decomposed, composed]) {
      const path = `/api/users?id=${encodeURIComponent(id)}`;
      expect((await one.get(path)).json).toMatchObject({ user_id: composed, counts: { washoku: 2 } });
      expect((await two.get(path)).json).toMatchObject({ user_id: id, counts: { washoku: 1 } });
      const prefix = `/api/segments/washoku/users?prefix=${encodeURIComponent(id)}`;
      expect((await one.get(prefix)).json).toMatchObject({ users: [composed] });
      expect((await two.get(prefix)).json).toMatchObject({ users: [id] });
    }
  });

  it('answers 404 for one who never ordered', async () => {
    const running = await runOrders({ create: [createSummary] });
    const ids = ['nobody', '__proto__', 'constructor', '%00', 'x'.repeat(129), 'x'.repeat(9_000)];
    for (const id of ids) {
      expect((await running.get(`/api/users/${id}`)).status, id).toBe(404);
      expect((await running.get(`/api/users?id=${id}`)).status, id).toBe(404);
    }
    expect((await running.get('/api/users')).json).toMatchObject({ status: 422, errors: [{ field: 'id', problem: 'is missing' }] });
  });
});
