import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '#platform/clock/clock.ts';
import { ask, LOOPBACK, serve } from './http.testing.ts';
import { defineRoute, type Route, sendJson } from './route.ts';
import { DEFAULT_HTTP_LIMITS } from './server.ts';

const ok = { 200: { description: 'Done.', content: { 'application/json': undefined } } };

const routes: Route[] = [
  defineRoute({
    method: 'get',
    path: '/things/:id',
    summary: 'a thing',
    tag: 'test',
    role: 'open',
    parameters: z.strictObject({ id: z.string(), limit: z.coerce.number().int().max(5, 'must be at most 5').default(3) }),
    responses: ok,
    handle: async (context, parameters) => sendJson(context, 200, parameters),
  }),
  {
    method: 'get',
    path: '/broken',
    summary: 'throws',
    tag: 'test',
    role: 'open',
    responses: ok,
    handle: async () => {
      throw new Error('the password is hunter2');
    },
  },
];

describe('a request', () => {
  it('gets its parameters parsed, from path and query', async () => {
    const { url } = await serve(routes);
    expect((await ask(url, routes, '/things/a?limit=5')).json).toEqual({ id: 'a', limit: 5 });
    expect((await ask(url, routes, '/things/a?id=b')).json).toEqual({ id: 'a', limit: 3 });
  });

  it('is told which parameters are wrong', async () => {
    const { url } = await serve(routes);
    const { status, json } = await ask(url, routes, '/things/a?limit=6&limti=2');
    expect(status).toBe(422);
    expect(json).toMatchObject({
      type: 'urn:problem-type:kaiseki:invalid',
      instance: '/things/a',
      errors: [
        { field: 'limit', problem: 'must be at most 5' },
        { field: 'limti', problem: 'is not known here; there is limit' },
      ],
    });
    expect((await ask(url, routes, '/things/a?limit=1&limit=2')).status).toBe(422);
  });

  it('is refused soon where it has thousands of parameters, on routes that need no key too', async () => {
    const { url } = await serve(routes);
    const started_ms = systemClock.monotonic_ms();
    expect((await ask(url, routes, `/things/a?${'&a='.repeat(5_000)}`)).status).toBe(400);
    expect(systemClock.monotonic_ms() - started_ms).toBeLessThan(500);
  });

  it('may hold any text in its path, percent-encoded', async () => {
    const { url } = await serve(routes);
    for (const id of ['__proto__', 'a/b', '🍣', '\u0000\u001f\u007f', '%2F', '?x=1#y', "'; DROP TABLE users; --", 'a b+c']) {
      expect((await ask(url, routes, `/things/${encodeURIComponent(id)}`)).json).toEqual({ id, limit: 3 });
    }
    expect((await ask(url, routes, '/things/%ZZ')).status).toBe(400);
    expect((await ask(url, routes, '/things/%ff')).status).toBe(400);
  });

  it('is answered with 404 or 405 where there is nothing', async () => {
    const { url } = await serve(routes);
    expect((await ask(url, routes, '/things')).status).toBe(404);
    expect((await ask(url, routes, '/Things/a')).status).toBe(404);
    const { status, headers } = await ask(url, routes, '/broken', { method: 'DELETE' });
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe('HEAD, GET');
  });

  it('learns nothing of an error inside, but its log line’s id', async () => {
    const { url } = await serve(routes);
    const { status, text, headers } = await ask(url, routes, '/broken');
    expect(status).toBe(500);
    expect(text).not.toContain('hunter2');
    expect(JSON.parse(text).request_id).toBe(headers.get('x-request-id'));
  });

  it('keeps its own harmless id', async () => {
    const { url } = await serve(routes);
    const idOf = async (id: string) =>
      (await ask(url, routes, '/things/a', { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await idOf('trace-1.2:3')).toBe('trace-1.2:3');
    expect(await idOf('a b')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idOf('a'.repeat(129))).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is answered without a body to HEAD', async () => {
    const { url } = await serve(routes);
    const response = await fetch(`${url}/things/a`, { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe(String('{"id":"a","limit":3}'.length));
    expect(await response.text()).toBe('');
  });

  it('is counted by its route’s pattern, never by its path', async () => {
    const { url, metrics } = await serve(routes);
    await ask(url, routes, '/things/somebody');
    await ask(url, routes, '/things/somebody?limit=9');
    await ask(url, routes, '/nowhere/somebody');
    await fetch(`${url}/nowhere/somebody`, { method: 'PROPFIND' });
    const text = await untilContains(() => metrics.render(), 'method="other"');
    expect(text).toContain('kaiseki_http_requests_total{method="GET",route="/things/:id",status="2xx"} 1');
    expect(text).toContain('kaiseki_http_requests_total{method="GET",route="/things/:id",status="4xx"} 1');
    expect(text).toContain('kaiseki_http_requests_total{method="GET",route="none",status="4xx"} 1');
    expect(text).toContain('kaiseki_http_requests_total{method="other",route="none",status="4xx"} 1');
    expect(text).toContain('kaiseki_http_requests_in_flight 0');
    expect(text).not.toContain('somebody');
  });
});

describe('a graceful stop', () => {
  /** A route that is answered when the test says so. */
  function waiting() {
    const arrived = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const route: Route = {
      method: 'get',
      path: '/slow',
      summary: 'slow',
      tag: 'test',
      role: 'open',
      responses: ok,
      async handle(context) {
        arrived.resolve();
        await go.promise;
        sendJson(context, 200, { done: true });
      },
    };
    return { route, arrived: arrived.promise, answer: go.resolve };
  }

  it('answers a request that offers another protocol than WebSocket as it would without the offer', async () => {
    const { url, http } = await serve(routes);
    http.server.on('upgrade', (_request, socket) => socket.destroy());
    const headers = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAARAAAAAAAIAAAAA' };
    const [response] = (await once(get(`${url}/things/a`, { headers }), 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
    await expect(once(get(`${url}/things/a`, { headers: { Connection: 'Upgrade', Upgrade: 'websocket' } }), 'response')).rejects.toThrow();
  });

  it('serves kept connections once more, and lets that end them', async () => {
    const { url, http } = await serve(routes);
    const agent = new Agent({ keepAlive: true });
    const again = async () => {
      const outgoing = get(`${url}/things/a`, { agent });
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      response.resume();
      await once(response, 'end');
      return { isReused: outgoing.reusedSocket, connection: response.headers.connection };
    };
    expect(await again()).toEqual({ isReused: false, connection: 'keep-alive' });
    const unconnected = http.linger();
    expect(await again()).toEqual({ isReused: true, connection: 'close' });
    await unconnected;
    agent.destroy();
  });

  it('does not wait for ever for connections that rest', async () => {
    const { url, http } = await serve(routes, { limits: { ...DEFAULT_HTTP_LIMITS, linger_ms: 50 } });
    const silent = connect(Number(new URL(url).port), '127.0.0.1');
    await once(silent, 'connect');
    await http.linger();
    await http.stop();
    await once(silent, 'close');
  });

  it('finishes the requests under way, takes no others, and closes their connections', async () => {
    const { route, arrived, answer } = waiting();
    const { url, http } = await serve([route]);
    const agent = new Agent({ keepAlive: true });
    const outgoing = get(`${url}/slow`, { agent });
    await arrived;
    const stopped = http.stop();
    await refused(url);
    answer();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    expect(response.headers.connection).toBe('close');
    await stopped;
    agent.destroy();
  });

  it('closes connections that rest between requests, or never sent one', async () => {
    const { url, http } = await serve(routes);
    const agent = new Agent({ keepAlive: true });
    const [response] = (await once(get(`${url}/things/a`, { agent }), 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
    const silent = connect(Number(new URL(url).port), '127.0.0.1');
    await once(silent, 'connect');
    await http.stop();
    await once(silent, 'close');
    agent.destroy();
  });

  /** A route that is answered when the whole body has come. */
  function reading() {
    const arrived = Promise.withResolvers<void>();
    const route: Route = {
      method: 'post',
      path: '/body',
      summary: 'reads',
      tag: 'test',
      role: 'open',
      responses: ok,
      async handle(context) {
        arrived.resolve();
        for await (const _part of context.req);
        sendJson(context, 200, { done: true });
      },
    };
    return { route, arrived: arrived.promise };
  }

  const begun = {
    headers: 'GET /things/a HTTP/1.1\r\nHost: localhost\r\nX-A: ',
    body: 'POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{',
  };

  it('cuts off clients that never end their request, without a wait for their headers', async () => {
    const hour_ms = 3_600_000;
    const { route, arrived } = reading();
    const first = await serve(routes, { limits: { ...DEFAULT_HTTP_LIMITS, linger_ms: hour_ms, stop_ms: hour_ms } });
    const second = await serve([route], { limits: { ...DEFAULT_HTTP_LIMITS, linger_ms: 50, stop_ms: hour_ms } });
    const accepted = once(first.http.server, 'connection') as Promise<[Socket]>;
    const headers = connect(Number(new URL(first.url).port), '127.0.0.1');
    headers.write('GET /things/a HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(headers, 'data');
    headers.write(begun.headers);
    const [connection] = await accepted;
    while (connection.bytesRead < headers.bytesWritten) await systemClock.sleep(5);
    const body = connect(Number(new URL(second.url).port), '127.0.0.1');
    body.write(begun.body);
    await arrived;
    await Promise.all([first.http.stop(), once(headers, 'close'), second.http.stop(), once(body, 'close')]);
  });

  it('waits for the rest of a body that is on its way', async () => {
    const { route, arrived } = reading();
    const { url, http } = await serve([route]);
    const client = connect(Number(new URL(url).port), '127.0.0.1');
    client.write(begun.body);
    await arrived;
    const stopped = http.stop();
    await refused(url);
    client.write('}');
    const [answer] = await once(client, 'data');
    expect(String(answer)).toContain('HTTP/1.1 200 OK');
    await stopped;
  });

  it('cuts off what does not end in time', async () => {
    const { route, arrived } = waiting();
    const { url, http } = await serve([route], { limits: { ...DEFAULT_HTTP_LIMITS, stop_ms: 50 } });
    const outcome = fetch(`${url}/slow`).catch(() => 'cut off');
    await arrived;
    await http.stop();
    expect(await outcome).toBe('cut off');
  });
});

it('says so when its port is taken', async () => {
  const { url } = await serve(routes);
  const port = Number(new URL(url).port);
  await expect(serve(routes, { settings: { ...LOOPBACK, port } })).rejects.toThrow('EADDRINUSE');
});

async function refused(url: string): Promise<void> {
  for (;;) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const outcome = await Promise.race([
      once(socket, 'connect').then(() => 'connected'),
      once(socket, 'error').then(() => 'refused'),
    ]).catch(() => 'refused');
    socket.destroy();
    if (outcome === 'refused') return;
    await systemClock.sleep(5);
  }
}

async function untilContains(read: () => Promise<string>, part: string): Promise<string> {
  for (;;) {
    const text = await read();
    if (text.includes(part)) return text;
    await systemClock.sleep(5);
  }
}
