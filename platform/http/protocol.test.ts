import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { parseJson, withTextBody } from './body.ts';
import { BodyBudget } from './body-budget.ts';
import { UNFINISHED_MAX } from './connections.ts';
import { LOOPBACK, serve } from './http.testing.ts';
import { PROBLEM_TYPE } from './problem.ts';
import { exchange, type RawAnswer } from './raw.testing.ts';
import { type Route, sendJson } from './route.ts';
import { DEFAULT_HTTP_LIMITS } from './server.ts';

const LARGE = 'x'.repeat(8 * 1024 * 1024);

const ROUTES: readonly Route[] = [
  {
    method: 'get',
    path: '/large',
    summary: 'a large answer',
    tag: 'test',
    role: 'open',
    responses: {},
    handle: async (context) => sendJson(context, 200, LARGE),
  },
  {
    method: 'post',
    path: '/echo',
    summary: 'echo',
    tag: 'test',
    role: 'open',
    responses: {},
    async handle(context) {
      const rules = { types: ['application/json'], limit_bytes: 1_000, budget: new BodyBudget(1_000) };
      const echoed = await withTextBody(context, rules, async ({ text }) => parseJson(text));
      await systemClock.sleep(20);
      sendJson(context, 200, echoed);
    },
  },
];

function problemIn({ status, head, body }: RawAnswer): { status: number; type: string } {
  expect(head.toLowerCase()).toContain(`content-type: ${PROBLEM_TYPE}`);
  const { type, status: told, request_id }: { type: string; status: number; request_id: string } = JSON.parse(body);
  expect(told).toBe(status);
  expect(request_id).toMatch(/^[0-9a-f-]{36}$/);
  return { status, type: type.replace('urn:problem-type:kaiseki:', '') };
}

const POST = 'POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n';

const KEPT = `${POST.replace('Connection: close\r\n', '')}Content-Length: 2\r\n\r\n`;

describe('what is no request that everybody understands the same', () => {
  it.each([
    ['no HTTP at all', 'GARBAGE\r\n\r\n', 400, 'malformed'],
    ['another version', 'GET / HTTP/3.0\r\nHost: localhost\r\n\r\n', 400, 'malformed'],
    ['no Host', 'GET /large HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'malformed'],
    ['two Hosts', 'GET /large HTTP/1.1\r\nHost: localhost\r\nhost: evil.example\r\nConnection: close\r\n\r\n', 400, 'malformed'],
    ['headers that are too long', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`, 431, 'headers-too-large'],
    ['two lengths', `${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`, 400, 'malformed'],
    ['a chunk of no length', `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400, 'malformed'],
    ['a coding that would be passed over', `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`, 501, 'not-implemented'],
    ['a coding that is not known', `${POST}Transfer-Encoding: br\r\n\r\nx`, 501, 'not-implemented'],
    ['an expectation', `${POST}Expect: miracles\r\nContent-Length: 2\r\n\r\n{}`, 417, 'expectation-failed'],
  ])('is refused as a problem: %s', async (_, bytes, status, type) => {
    const { url } = await serve(ROUTES);
    expect(problemIn(await exchange(url, bytes))).toEqual({ status, type });
  });

  it('takes its request with it, where it comes within one, and none before it', async () => {
    const { url } = await serve(ROUTES);
    const { status, body } = await exchange(url, `${POST.replace('Connection: close\r\n', '')}Content-Length: 2\r\n\r\n{}GARBAGE\r\n\r\n`);
    expect({ status, body }).toEqual({ status: 200, body: '{}' });
  });

  it.each([
    ['no HTTP', 'GARBAGE\r\n\r\n'],
    ['a body that cannot be parsed', `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
  ])('comes behind a request that is being answered, and does not overtake it: %s', async (_, bytes) => {
    const { url } = await serve(ROUTES);
    expect(await exchange(url, `${KEPT}{}${bytes}`)).toMatchObject({ status: 200, body: '{}' });
  });

  it('comes in the middle of a large answer, which is sent to its end', async () => {
    const { url } = await serve(ROUTES);
    const { status, body } = await exchange(url, 'GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n', { meanwhile: 'GARBAGE\r\n\r\n' });
    expect([status, body.length]).toEqual([200, LARGE.length + 2]);
  });

  it('expects what is not done, behind a request that is being answered, and is told so in its turn', async () => {
    const { url, metrics } = await serve(ROUTES);
    const { status, body } = await exchange(url, `${KEPT}{}${POST}Expect: miracles\r\nContent-Length: 2\r\n\r\n{}`);
    expect([status, body.slice(0, 14)]).toEqual([200, '{}HTTP/1.1 417']);
    expect(await metrics.render()).toContain('kaiseki_http_requests_total{method="POST",route="none",status="4xx"} 1');
  });

  it('comes too slowly, and is told so', async () => {
    const { url } = await serve(ROUTES, { limits: { ...DEFAULT_HTTP_LIMITS, request_ms: 100 } });
    expect(problemIn(await exchange(url, 'GET /large HTTP/1.1\r\nHost: localhost\r\n'))).toEqual({ status: 408, type: 'timeout' });
  });
});

describe('a client', () => {
  it('that has said that it will say no more gets its answer', async () => {
    const { url } = await serve(ROUTES);
    const { status, body } = await exchange(url, `${POST}Content-Length: 2\r\n\r\n{}`, { halfClose: true });
    expect({ status, body }).toEqual({ status: 200, body: '{}' });
  });

  it('that says so in the middle of its body is let go', async () => {
    const { url, metrics } = await serve(ROUTES);
    await exchange(url, `${POST}Content-Length: 20\r\n\r\n{}`, { halfClose: true });
    while (!(await metrics.render()).includes('kaiseki_http_requests_in_flight 0')) await systemClock.sleep(5);
  });

  it('that sends requests without an end, and waits for no answer, has so many begun and no more', async () => {
    let begun = 0;
    const route: Route = {
      ...(ROUTES[0] as Route),
      path: '/small',
      async handle(context) {
        begun++;
        await systemClock.sleep(20);
        sendJson(context, 200, 'x'.repeat(500));
      },
    };
    const { url, metrics } = await serve([route]);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const parts: Buffer[] = [];
    socket.on('data', (part: Buffer) => parts.push(part));
    socket.write('GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(1_000));
    await once(socket, 'close');
    const statuses =
      Buffer.concat(parts)
        .toString()
        .match(/(?<=HTTP\/1.1 )\d+/g) ?? [];
    expect(begun).toBe(UNFINISHED_MAX);
    expect(statuses).toEqual([...Array.from({ length: UNFINISHED_MAX }, () => '200'), '503']);
    while (!(await metrics.render()).includes('kaiseki_http_requests_in_flight 0')) await systemClock.sleep(5);
  });

  it('that never reads its answer is closed', async () => {
    const { url, http } = await serve(ROUTES, { limits: { ...DEFAULT_HTTP_LIMITS, silence_ms: 200 } });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.pause();
    socket.write('GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(10));
    socket.on('error', () => undefined);
    await once(http.server, 'request');
    const connections = promisify(http.server.getConnections.bind(http.server));
    while ((await connections()) > 0) await systemClock.sleep(10);
    socket.destroy();
  });

  it('finds no room for its answer where others do not read theirs, and finds it again', async () => {
    const { url } = await serve(ROUTES, { limits: { ...DEFAULT_HTTP_LIMITS, unread_bytes: 1.5 * LARGE.length } });
    const idle = connect(Number(new URL(url).port), '127.0.0.1');
    idle.write('GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(idle, 'readable');
    const refused = await fetch(`${url}/large`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    idle.destroy();
    while ((await fetch(`${url}/large`)).status !== 200) await systemClock.sleep(5);
  });

  it('keeps its connection as long as the setting says', async () => {
    const { url } = await serve(ROUTES, { settings: { ...LOOPBACK, keepAlive_ms: 7_000 } });
    const answer = await fetch(`${url}/nothing`);
    expect(answer.headers.get('keep-alive')).toBe('timeout=7');
    await answer.text();
  });
});
