import { expect, it } from 'vitest';
import { type Clock, systemClock } from '#platform/clock/clock.ts';
import type { Tables } from '#platform/tables/tables.ts';
import { portOf, runOrders } from '../orders.testing.ts';
import { createSummary } from './summary.ts';

it('GET /api/menu says what there is, and which day it is', async () => {
  const clock: Clock = { ...systemClock, now_ms: () => Date.parse('2025-06-10T15:00:00Z') };
  const running = await runOrders({ create: [createSummary], clock });
  expect((await running.get('/api/menu')).json).toMatchObject({
    dimensions: [
      { name: 'cuisine', labels: { ja: '料理' }, menu_types: [{ name: 'washoku', color: '#d55e00' }, { name: 'yoshoku' }] },
      { name: 'snack' },
    ],
    time_zone: 'Asia/Tokyo',
    today: '2025-06-11',
  });
});

it('tables that do not answer are a 503 that names no inside', async () => {
  let up = true;
  const breaking = (tables: Tables): Tables => {
    const broken = <T>(read: () => Promise<T>) => (up ? read() : Promise.reject(new Error('10.1.2.3:9042 refused')));
    return {
      ...portOf(tables),
      get: (table, keys) => broken(() => tables.get(table, keys)),
      page: (table, request) => broken(() => tables.page(table, request)),
      readShard: (...asked) => broken(() => tables.readShard(...asked)),
    };
  };
  const running = await runOrders({ create: [createSummary], tables: breaking });
  up = false;
  for (const path of [
    '/api/segments',
    '/api/segments/washoku/users',
    '/api/segments/washoku/users?format=csv',
    '/api/totals',
    '/api/users/u1',
    '/api/summaries',
  ]) {
    const { status, text, headers } = await running.get(path);
    expect(status, path).toBe(503);
    expect(headers.get('retry-after')).toBe('1');
    expect(text).not.toContain('9042');
  }
  expect((await running.get('/api/menu')).status).toBe(200);
});
