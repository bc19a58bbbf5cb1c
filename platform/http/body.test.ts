import { once } from 'node:events';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { parseJson, withTextBody } from './body.ts';
import { BodyBudget } from './body-budget.ts';
import { ask, serve } from './http.testing.ts';
import { type Route, sendJson } from './route.ts';
import { DEFAULT_HTTP_LIMITS } from './server.ts';

const LIMIT_BYTES = 1_000;

/** Answers with the characters of the JSON string that it was sent. */
function echo(budget: BodyBudget): Route[] {
  return [
    {
      method: 'post',
      path: '/echo',
      summary: 'echo',
      tag: 'test',
      role: 'open',
      responses: { 200: { description: 'The same.', content: { 'application/json': undefined } } },
      async handle(context) {
        const rules = { types: ['application/json'], limit_bytes: LIMIT_BYTES, budget };
        sendJson(context, 200, await withTextBody(context, rules, async ({ text }) => parseJson(text)));
      },
    },
  ];
}

const json = { 'content-type': 'application/json' };

async function post(body: NonNullable<RequestInit['body']>, headers: Record<string, string> = json) {
  const budget = new BodyBudget(200 * LIMIT_BYTES);
  const routes = echo(budget);
  const { url } = await serve(routes);
  const answer = await ask(url, routes, '/echo', {
    method: 'POST',
    body,
    headers,
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  });
  expect(budget.held_bytes).toBe(0);
  return answer;
}

/** A body without Content-Length. */
function chunks(count: number, bytes: number): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (let index = 0; index < count; index++) controller.enqueue(new Uint8Array(bytes).fill(32));
      controller.close();
    },
  });
}

describe('a body', () => {
  it('comes as it was sent', async () => {
    const text = 'けん🍣\u0000\u001f\u2028__proto__';
    expect((await post(JSON.stringify(text))).json).toBe(text);
    expect((await post(`\uFEFF${JSON.stringify(text)}`)).json).toBe(text);
    expect((await post('{"__proto__":{"a":1}}')).text).toBe('{"__proto__":{"a":1}}');
    expect((await post(JSON.stringify(text), { 'content-type': 'Application/JSON; Charset="UTF-8"' })).json).toBe(text);
  });

  it('may be as large as the limit and no larger, with and without Content-Length', async () => {
    expect((await post(`"${'a'.repeat(LIMIT_BYTES - 2)}"`)).status).toBe(200);
    expect((await post(`"${'a'.repeat(LIMIT_BYTES - 1)}"`)).status).toBe(413);
    expect((await post('a'.repeat(5_000_000))).status).toBe(413);
    expect((await post(chunks(1, LIMIT_BYTES + 1))).status).toBe(413);
    expect((await post(chunks(50, 100_000))).status).toBe(413);
  });

  it('must be JSON', async () => {
    for (const text of ['', '{', '{"a":1}}', "{'a':1}", '\ufeff', '{}\ufeff', '\ufeff\ufeff{}', 'NaN'])
      expect((await post(text)).status, text).toBe(400);
  });

  it('must be UTF-8', async () => {
    expect((await post(new Uint8Array([0x22, 0xff, 0x22]))).status).toBe(400);
    expect((await post(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]))).status).toBe(400);
  });

  it('must be of the right type and not be encoded', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonp',
      'application/json; charset=shift_jis',
      '',
    ]) {
      const { status, json: problem } = await post('{}', { 'content-type': type });
      expect(status, type).toBe(415);
      expect(problem).toMatchObject({ detail: expect.stringContaining('send the header Content-Type: application/json') });
    }
    const packed = await post('{}', { ...json, 'content-encoding': 'br' });
    expect(packed.status).toBe(415);
    expect(packed.headers.get('accept-encoding')).toBe('gzip');
    expect((await post('{}', { 'content-type': 'text/csv' })).headers.get('accept')).toBe('application/json');
  });
});

describe('a body in gzip', () => {
  const packed = { ...json, 'content-encoding': 'gzip' };

  it('comes as it was before it was packed', async () => {
    const text = JSON.stringify('けん🍣'.repeat(50));
    expect((await post(gzipSync(text), packed)).text).toBe(text);
    expect((await post(gzipSync(text), { ...packed, 'content-encoding': 'X-Gzip' })).text).toBe(text);
  });

  it('is no larger than the limit, packed and unpacked', async () => {
    expect((await post(gzipSync(`"${'a'.repeat(LIMIT_BYTES - 2)}"`), packed)).status).toBe(200);
    expect((await post(gzipSync(`"${'a'.repeat(LIMIT_BYTES - 1)}"`), packed)).status).toBe(413);
    // A thousand times as many bytes as were sent.
    expect((await post(gzipSync('a'.repeat(50_000_000)), packed)).status).toBe(413);
    expect((await post(gzipSync('"a"', { level: 0 }).subarray(0, 10).toString('latin1').padEnd(5_000_000), packed)).status).toBe(413);
  });

  it('is gzip, and whole', async () => {
    for (const bytes of [
      Buffer.from('{}'),
      gzipSync('{}').subarray(0, -3),
      Buffer.concat([gzipSync('{}'), Buffer.from('rest')]),
      Buffer.alloc(0),
    ]) {
      expect((await post(bytes, packed)).status).toBe(400);
    }
  });
});

async function untilHeld(budget: BodyBudget, bytes: number): Promise<void> {
  while (budget.held_bytes !== bytes) await systemClock.sleep(5);
}

describe('a body that does not come whole', () => {
  /** Sends the head and the first byte of a body of two. */
  async function halfSent(url: string) {
    const outgoing = request(new URL('/echo', url), { method: 'POST', headers: { ...json, 'content-length': '2' } });
    outgoing.on('error', () => {});
    outgoing.write('{');
    return outgoing;
  }

  it('frees what it held when its client goes away', async () => {
    const budget = new BodyBudget(LIMIT_BYTES);
    const { url } = await serve(echo(budget));
    const outgoing = await halfSent(url);
    await untilHeld(budget, 1);
    outgoing.destroy();
    await untilHeld(budget, 0);
    expect((await ask(url, echo(budget), '/echo', { method: 'POST', body: '{}', headers: json })).status).toBe(200);
  });

  it('is cut off with 408 when its client takes too long', async () => {
    const budget = new BodyBudget(LIMIT_BYTES);
    const { url } = await serve(echo(budget), { limits: { ...DEFAULT_HTTP_LIMITS, request_ms: 100 } });
    const [response] = await once(await halfSent(url), 'response');
    expect(response.statusCode).toBe(408);
    await untilHeld(budget, 0);
  });

  it('leaves no room for others beyond the budget, until it is there', async () => {
    const budget = new BodyBudget(2);
    const { url } = await serve(echo(budget));
    const slow = await halfSent(url);
    await untilHeld(budget, 1);
    const refused = await ask(url, echo(budget), '/echo', { method: 'POST', body: '{}', headers: json });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    slow.end('}');
    const [response] = await once(slow, 'response');
    expect(response.statusCode).toBe(200);
    expect((await ask(url, echo(budget), '/echo', { method: 'POST', body: '{}', headers: json })).status).toBe(200);
  });
});
