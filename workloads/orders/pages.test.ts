import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { startIssuer } from '#platform/http/issuer.testing.ts';
import { createIngest } from './ingest/ingest.ts';
import { createLive } from './live/live.ts';
import { runOrders, until } from './orders.testing.ts';
import { createSummary } from './summary/summary.ts';
import { ORDER_LOGS } from './topics.ts';

const SHOP = 'https://shop.example';
const PAGE_KEY = 'pk_shop-0123456789';
const READ_KEY = 'read-key-0123456789';
const KEYED = { KAISEKI_ORIGINS: SHOP, KAISEKI_API_KEYS: `read:${READ_KEY}` };
const order = (user_id: string) => ({ user_id, timestamp: new Date(systemClock.now_ms()).toISOString(), menu_type: 'washoku' });

/** How many orders stand in the log, of each user. */
async function usersIn({ platform: { log } }: Awaited<ReturnType<typeof runOrders>>, count: number): Promise<string[]> {
  const users: string[] = [];
  const running = await log.consume({
    topic: ORDER_LOGS,
    group: 'test',
    async own(partition) {
      partition.seek(0);
      while (!partition.signal.aborted) {
        for (const { key } of await partition.read({ limit: 100, linger_ms: 0 })) users.push(String(key));
      }
    },
  });
  await until(async () => users.length >= count);
  await running.stop();
  return users.toSorted();
}

it('an order that is sent with an ID token is its subject’s, whatever the page says', async () => {
  const issuer = await startIssuer();
  onTestFinished(issuer.close);
  const { issuer: iss, audience, keysUrl } = issuer.settings;
  const tokens = { KAISEKI_ID_TOKEN_ISSUER: iss, KAISEKI_ID_TOKEN_AUDIENCE: audience, KAISEKI_ID_TOKEN_KEYS_URL: keysUrl };
  const running = await runOrders({ create: [createIngest], environment: { ...KEYED, ...tokens } });
  const authorization = `Bearer ${await issuer.token('U1234')}`;
  const json = { 'content-type': 'application/json', authorization };
  expect((await running.post('/api/log', JSON.stringify(order('somebody-else')), json)).status).toBe(202);
  const { user_id: _, ...unsaid } = order('nobody');
  expect((await running.post('/api/log', JSON.stringify(unsaid), json)).status).toBe(202);
  const lines = [order('somebody-else'), { ...unsaid, order_id: 'o2' }].map((one) => JSON.stringify(one)).join('\n');
  const ndjson = { 'content-type': 'application/x-ndjson', authorization };
  expect((await running.post('/api/log/batch', lines, ndjson)).json).toMatchObject({ accepted: 2 });
  expect((await running.post('/api/log', '[]', json)).status).toBe(422);
  expect(await usersIn(running, 4)).toEqual(['U1234', 'U1234', 'U1234', 'U1234']);
});

it('a page sends with its key as much as it may, and a refused order is counted as such', async () => {
  const keys = { KAISEKI_PUBLISHABLE_KEYS: `${PAGE_KEY}@${SHOP}`, KAISEKI_PAGE_RECORDS_PER_USER: '2' };
  const running = await runOrders({ create: [createIngest], environment: { ...KEYED, ...keys } });
  const beacon = (user: string) =>
    running.post(`/api/log?key=${PAGE_KEY}`, JSON.stringify(order(user)), { 'content-type': 'text/plain;charset=UTF-8', origin: SHOP });
  const statuses: number[] = [];
  for (const user of ['u1', 'u1', 'u1', 'u2']) statuses.push((await beacon(user)).status);
  expect(statuses).toEqual([202, 202, 429, 202]);
  const headers = { 'content-type': 'application/x-ndjson', 'x-api-key': PAGE_KEY, origin: SHOP };
  const batch = [1, 2, 3].map(() => JSON.stringify(order('u3'))).join('\n');
  expect((await running.post('/api/log/batch', batch, headers)).status).toBe(429);
  expect(await running.platform.metrics.render()).toMatch(/kaiseki_ingest_orders_refused_total\{reason="limited"\} 4$/m);
  expect(await usersIn(running, 3)).toEqual(['u1', 'u1', 'u2']);
});

it('a listed page with a key that reads may ask and be told: by polling and by server-sent events', async () => {
  const running = await runOrders({ create: [createSummary, createLive], environment: KEYED });
  const ask = (path: string, origin: string) =>
    fetch(running.url + path, { headers: { origin, authorization: `Bearer ${READ_KEY}` }, signal: AbortSignal.timeout(30_000) });
  await until(async () => (await ask('/live/stream?dimension=snack', SHOP)).status === 200);
  for (const path of ['/api/totals', '/live/stream?dimension=snack']) {
    for (const [origin, allowed] of [
      [SHOP, SHOP],
      ['https://evil.example', null],
    ] as const) {
      const answer = await ask(path, origin);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('access-control-allow-origin'), path).toBe(allowed);
      await answer.body?.cancel();
    }
  }
});
