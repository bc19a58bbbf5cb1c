import { describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { boundLog } from '#platform/log/bound-log.testing.ts';
import { AppendFailed, type Log, type NewRecord } from '#platform/log/log.ts';
import { runOrders, until } from '../orders.testing.ts';
import { ORDER_LOGS } from '../topics.ts';
import { createIngest } from './ingest.ts';

const order = { user_id: 'u1', timestamp: '2025-05-30T12:00:00Z', menu_type: 'washoku' };
const orders = (count: number) => Array.from({ length: count }, (_, index) => ({ ...order, user_id: `u${index}` }));

/** Every order that stands in the log. */
async function logged(log: Log): Promise<unknown[]> {
  const lag = await log.lag(ORDER_LOGS, 'test');
  const count = lag.reduce((sum, { records }) => sum + records, 0);
  const found: unknown[] = [];
  const running = await log.consume({
    topic: ORDER_LOGS,
    group: 'test',
    async own(partition) {
      partition.seek(0);
      while (!partition.signal.aborted) {
        const records = await partition.read({ limit: 1_000, linger_ms: 0 });
        for (const { key, value } of records) {
          const read = JSON.parse(String(value)) as { user_id: string };
          expect(String(key)).toBe(read.user_id);
          found.push(read);
        }
      }
    },
  });
  await until(async () => found.length >= count);
  await running.stop();
  return found;
}

const recorded = (sent: object) => ({ ...sent, timestamp: '2025-05-30T12:00:00.000Z' });

describe('POST /api/log', () => {
  it('answers 202 when the order is in the log', async () => {
    const { post, platform } = await runOrders({ create: [createIngest] });
    const { status, json } = await post('/api/log', JSON.stringify({ ...order, order_id: 'o1' }));
    expect(status).toBe(202);
    expect(json).toEqual({ accepted: true });
    expect(await logged(platform.log)).toEqual([recorded({ ...order, order_id: 'o1' })]);
  });

  it('keeps every character of an id', async () => {
    const { post, platform } = await runOrders({ create: [createIngest] });
    const ids = ['__proto__', '\u0000\u001f\u007f', '🍣', "'; DROP TABLE raw_orders; --", 'a'.repeat(128)];
    for (const id of ids) expect((await post('/api/log', JSON.stringify({ ...order, user_id: id, order_id: id }))).status).toBe(202);
    expect((await logged(platform.log)).map((read) => (read as { user_id: string }).user_id).sort()).toEqual([...ids].sort());
  });

  it('refuses what is no order, and says why', async () => {
    const { post, platform } = await runOrders({ create: [createIngest] });
    expect((await post('/api/log', '{"user_id":')).status).toBe(400);
    expect((await post('/api/log', JSON.stringify(order), { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post('/api/log', JSON.stringify({ ...order, note: 'x'.repeat(64 * 1024) }))).status).toBe(413);
    const { status, json } = await post('/api/log', JSON.stringify({ ...order, menu_type: 'pizza' }));
    expect(status).toBe(422);
    expect(json).toMatchObject({ errors: [{ field: 'menu_type', problem: 'must be one of washoku, yoshoku, kinoko, takenoko' }] });
    const ahead = new Date(systemClock.now_ms() + 25 * 60 * 60_000).toISOString();
    expect((await post('/api/log', JSON.stringify({ ...order, timestamp: ahead }))).json).toMatchObject({
      errors: [{ field: 'timestamp' }],
    });
    expect(await logged(platform.log)).toEqual([]);
    const metrics = await platform.metrics.render();
    for (const [reason, count] of Object.entries({ malformed: 2, too_large: 1, invalid: 2 })) {
      expect(metrics).toContain(`kaiseki_ingest_orders_refused_total{reason="${reason}"} ${count}`);
    }
  });
});

describe('POST /api/log/batch', () => {
  it('takes lines and arrays', async () => {
    const { post, batch, platform } = await runOrders({ create: [createIngest] });
    expect((await batch(orders(3))).json).toEqual({ accepted: 3, refused: [] });
    const bom = '\uFEFF';
    const lines = `${bom}\n${bom}${JSON.stringify({ ...order, user_id: 'a' })}\r\n\n${JSON.stringify({ ...order, user_id: 'b' })}\n`;
    expect((await post('/api/log/batch', lines, { 'content-type': 'application/x-ndjson' })).status).toBe(202);
    expect(await post('/api/log/batch', JSON.stringify([{ ...order, user_id: 'c' }]))).toMatchObject({
      status: 202,
      json: { accepted: 1 },
    });
    const users = (await logged(platform.log)).map((read) => (read as { user_id: string }).user_id);
    expect(users.sort()).toEqual(['a', 'b', 'c', 'u0', 'u1', 'u2']);
  });

  it('accepts the good orders and says what is wrong with the others', async () => {
    const { post, platform } = await runOrders({ create: [createIngest] });
    const lines = [
      JSON.stringify(order),
      '{"user_id":',
      JSON.stringify({ ...order, menu_type: 'pizza' }),
      JSON.stringify({ ...order, user_id: 'u2' }),
      '7',
    ];
    const { status, json } = await post('/api/log/batch', lines.join('\n'), { 'content-type': 'application/x-ndjson' });
    expect(status).toBe(207);
    expect(json).toMatchObject({
      accepted: 2,
      refused: [
        { index: 1, reason: 'invalid', problems: [{ field: 'order', problem: 'is not JSON' }] },
        { index: 2, reason: 'invalid', problems: [{ field: 'menu_type' }] },
        { index: 4, reason: 'invalid', problems: [{ field: 'order' }] },
      ],
    });
    expect(await logged(platform.log)).toHaveLength(2);
  });

  it('answers 422 when no order is valid, or there is none', async () => {
    const { batch } = await runOrders({ create: [createIngest] });
    expect(await batch([{ ...order, user_id: '' }])).toMatchObject({
      status: 422,
      json: { accepted: 0, refused: [{ index: 0, reason: 'invalid' }] },
    });
    expect(await batch([])).toMatchObject({ status: 422, json: { accepted: 0, refused: [] } });
  });

  it('must be an array where it is JSON', async () => {
    const { post } = await runOrders({ create: [createIngest] });
    expect((await post('/api/log/batch', JSON.stringify(order))).status).toBe(400);
    expect((await post('/api/log/batch', '[{]')).status).toBe(400);
  });

  it('holds at most 10,000 orders and 5 MiB', async () => {
    const { post, batch, platform } = await runOrders({ create: [createIngest] });
    expect(await batch(orders(10_000))).toMatchObject({ status: 202, json: { accepted: 10_000 } });
    expect((await batch(orders(10_001))).status).toBe(413);
    const large = JSON.stringify({ ...order, note: 'x'.repeat(5 * 1024 * 1024) });
    expect((await post('/api/log/batch', large, { 'content-type': 'application/x-ndjson' })).status).toBe(413);
    expect(await logged(platform.log)).toHaveLength(10_000);
  });
});

/** A log whose appends wait until they are let go, and then fail for the users that are named. */
function gate() {
  const waiting: (() => void)[] = [];
  const appended: (readonly NewRecord[])[] = [];
  const failing = new Set<string>();
  let open = false;
  const wrap = (log: Log): Log => ({
    ...boundLog(log),
    append: async (topic, records) => {
      appended.push(records);
      if (!open) await new Promise<void>((resolve) => waiting.push(resolve));
      const failed = new Set(records.flatMap(({ key }, index) => (failing.has(key) ? [index] : [])));
      await log.append(
        topic,
        records.filter((_, index) => !failed.has(index)),
      );
      if (failed.size > 0) throw new AppendFailed(failed, new Error('the leader is gone'));
    },
  });
  return {
    wrap,
    appended,
    failing,
    letGo() {
      open = true;
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}

describe('a log that does not confirm', () => {
  it('makes those orders unavailable, and only those', async () => {
    const { wrap, failing, letGo } = gate();
    letGo();
    const { batch, post, platform } = await runOrders({ create: [createIngest], log: wrap });
    failing.add('u1').add('u3');
    expect(await batch([...orders(4), { ...order, user_id: '' }])).toMatchObject({
      status: 207,
      json: {
        accepted: 2,
        refused: [
          { index: 1, reason: 'unavailable', problems: [] },
          { index: 3, reason: 'unavailable', problems: [] },
          { index: 4, reason: 'invalid' },
        ],
      },
    });
    expect(await post('/api/log', JSON.stringify(order))).toMatchObject({
      status: 503,
      json: { type: 'urn:problem-type:kaiseki:unavailable' },
    });
    expect(await batch([{ ...order, user_id: 'u3' }])).toMatchObject({
      status: 503,
      json: { accepted: 0, refused: [{ index: 0, reason: 'unavailable' }] },
    });
    expect(await logged(platform.log)).toHaveLength(2);
    const metrics = await platform.metrics.render();
    expect(metrics).toContain('kaiseki_ingest_orders_accepted_total 2');
    expect(metrics).toContain('kaiseki_ingest_orders_refused_total{reason="unconfirmed"} 4');
  });
});

describe('more orders than the log takes', () => {
  it('wait in a bounded queue; beyond it the answer is 503 at once', async () => {
    const { wrap, letGo, appended } = gate();
    const { post, batch, platform } = await runOrders({ create: [createIngest], log: wrap, environment: { KAISEKI_QUEUE_ORDERS: '10' } });
    const waiting = Array.from({ length: 8 }, (_, index) => post('/api/log', JSON.stringify({ ...order, user_id: `w${index}` })));
    await until(async () => (await platform.metrics.render()).includes('kaiseki_ingest_queue_orders 8'));
    expect(await batch(orders(3))).toMatchObject({ status: 503, json: { type: 'urn:problem-type:kaiseki:overloaded', accepted: 0 } });
    waiting.push(
      post('/api/log', JSON.stringify({ ...order, user_id: 'w8' })),
      post('/api/log', JSON.stringify({ ...order, user_id: 'w9' })),
    );
    await until(async () => (await platform.metrics.render()).includes('kaiseki_ingest_queue_orders 10'));
    const refused = await post('/api/log', JSON.stringify(order));
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(appended.length).toBeLessThanOrEqual(4);
    letGo();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(10).fill(202));
    expect((await post('/api/log', JSON.stringify(order))).status).toBe(202);
    expect(await logged(platform.log)).toHaveLength(11);
    expect(await platform.metrics.render()).toContain('kaiseki_ingest_orders_refused_total{reason="overload"} 4');
  });

  it('share appends', async () => {
    const { wrap, letGo, appended } = gate();
    const { post, platform } = await runOrders({ create: [createIngest], log: wrap });
    const waiting = Array.from({ length: 60 }, (_, index) => post('/api/log', JSON.stringify({ ...order, user_id: `w${index}` })));
    await until(async () => (await platform.metrics.render()).includes('kaiseki_ingest_queue_orders 60'));
    const before = appended.length;
    letGo();
    await Promise.all(waiting);
    expect(before).toBeLessThanOrEqual(4);
    expect(appended.length).toBeLessThanOrEqual(before + 1);
    expect(appended.flat()).toHaveLength(60);
  });
});

describe('a stop', () => {
  it('drains what was taken in and takes nothing more', async () => {
    const { wrap, letGo, appended } = gate();
    const { post, stop, platform } = await runOrders({ create: [createIngest], log: wrap });
    const waiting = Array.from({ length: 20 }, (_, index) => post('/api/log', JSON.stringify({ ...order, user_id: `w${index}` })));
    await until(async () => (await platform.metrics.render()).includes('kaiseki_ingest_queue_orders 20'));
    let stopped = false;
    const stopping = stop().then(() => {
      stopped = true;
    });
    expect((await post('/api/log', JSON.stringify(order))).status).toBe(503);
    expect(stopped).toBe(false);
    letGo();
    await stopping;
    expect(appended.flat()).toHaveLength(20);
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(20).fill(202));
    expect(await logged(platform.log)).toHaveLength(20);
  });
});
