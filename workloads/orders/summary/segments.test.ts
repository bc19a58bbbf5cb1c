import { describe, expect, it } from 'vitest';
import { createCounter } from '../counter/counter.ts';
import { createIngest } from '../ingest/ingest.ts';
import { ordered, putMembers, runOrders } from '../orders.testing.ts';
import { createSummary } from './summary.ts';

const create = [createIngest, createCounter, createSummary];
const order = { user_id: 'u1', timestamp: '2025-05-30T12:00:00Z', menu_type: 'washoku' };

describe('GET /api/segments', () => {
  it('has the people, the orders and their share, as the counter counts them', async () => {
    const running = await runOrders({ create });
    await ordered(running, [
      order,
      { ...order, user_id: 'u2' },
      { ...order, user_id: 'u3', menu_type: 'yoshoku' },
      { ...order, user_id: 'u1', timestamp: '2025-05-30T13:00:00Z' },
      { ...order, user_id: 'u1', menu_type: 'kinoko' },
    ]);
    const { json } = await running.get('/api/segments');
    expect(json).toEqual({
      dimension: 'cuisine',
      cuisines: [
        { segment: 'washoku', count: 2, orders: 3, ratio: 0.75, users: expect.arrayContaining(['u1', 'u2']) },
        { segment: 'yoshoku', count: 1, orders: 1, ratio: 0.25, users: ['u3'] },
      ],
    });
    expect((await running.get('/api/segments?dimension=snack')).json).toEqual({
      dimension: 'snack',
      cuisines: [
        { segment: 'kinoko', count: 1, orders: 1, ratio: 1, users: ['u1'] },
        { segment: 'takenoko', count: 0, orders: 0, ratio: 0, users: [] },
      ],
    });
  });

  it('answers before there is any order', async () => {
    const running = await runOrders({ create: [createSummary] });
    expect((await running.get('/api/segments')).json).toEqual({
      dimension: 'cuisine',
      cuisines: ['washoku', 'yoshoku'].map((segment) => ({ segment, count: 0, orders: 0, ratio: 0, users: [] })),
    });
  });

  it('pages every list on by one cursor, each user once', async () => {
    const running = await runOrders({ create: [createSummary] });
    const members = { washoku: await putMembers(running, 'washoku', 53), yoshoku: await putMembers(running, 'yoshoku', 7) };
    const seen: Record<string, string[]> = { washoku: [], yoshoku: [] };
    let cursor: string | undefined;
    let pages = 0;
    do {
      const { json } = await running.get(`/api/segments?limit=10${cursor === undefined ? '' : `&cursor=${cursor}`}`);
      const { cuisines, next_cursor } = json as { cuisines: { segment: string; users: string[] }[]; next_cursor?: string };
      for (const { segment, users } of cuisines) {
        expect(users.length).toBeLessThanOrEqual(10);
        seen[segment]?.push(...users);
      }
      cursor = next_cursor;
      pages++;
    } while (cursor !== undefined);
    expect(seen.washoku?.sort()).toEqual(members.washoku.sort());
    expect(seen.yoshoku?.sort()).toEqual(members.yoshoku.sort());
    expect(pages).toBeLessThanOrEqual(7);
  });

  it('refuses dimensions, limits and cursors that there are not', async () => {
    const running = await runOrders({ create: [createSummary] });
    await putMembers(running, 'washoku', 30);
    const { json } = await running.get('/api/segments?limit=1');
    const { next_cursor } = json as { next_cursor: string };
    const wrong = [
      'dimension=drinks',
      'dimension=__proto__',
      'limit=0',
      'limit=1001',
      'limit=ten',
      'limit=1.5',
      'limit=',
      'cursor=x',
      'page=2',
    ];
    for (const query of [...wrong, `dimension=snack&cursor=${next_cursor}`, `cursor=${next_cursor}x`]) {
      expect((await running.get(`/api/segments?${query}`)).status, query).toBe(422);
    }
    expect((await running.get('/api/segments?dimension=drinks')).json).toMatchObject({
      errors: [{ field: 'dimension', problem: 'must be one of cuisine, snack' }],
    });
  });
});
