import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { hostCheck } from './host.ts';
import { LOOPBACK, serve } from './http.testing.ts';
import { type Route, sendJson } from './route.ts';

const ROUTES: readonly Route[] = [
  {
    method: 'get',
    path: '/things',
    summary: 'things',
    tag: 'test',
    role: 'open',
    responses: { 200: { description: 'Done.', content: { 'application/json': undefined } } },
    handle: async (context) => sendJson(context, 200, {}),
  },
];

const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
};

async function answer(url: string, headers: Record<string, string>): Promise<{ status: number | undefined; body: string }> {
  const [response] = (await once(get(url, { headers }), 'response')) as [IncomingMessage];
  let body = '';
  for await (const part of response) body += part;
  return { status: response.statusCode, body };
}

it('answers, alone on loopback, for the names and addresses of this machine only', () => {
  for (const host of ['127.0.0.1', '::1', 'localhost']) {
    const isMine = hostCheck({ ...LOOPBACK, host });
    for (const mine of ['localhost', 'LocalHost:8080', '127.0.0.1:8080', '127.0.0.1', '[::1]', '[::1]:8080', undefined]) {
      expect(isMine(mine), mine).toBe(true);
    }
    for (const other of [
      'evil.example',
      'localhost.evil.example:8080',
      '127.0.0.1.evil.example',
      '192.168.1.5',
      '[fe80::1]',
      'a@localhost',
      'a@127.0.0.1:8080',
      '0.0.0.0',
      '',
      '[::1',
    ]) {
      expect(isMine(other), other).toBe(false);
    }
  }
});

it('answers for any host with keys, beyond loopback, and where anybody is let in by name', () => {
  expect(hostCheck({ ...LOOPBACK, apiKeys: [{ role: 'read', key: 'read-0123456789abc' }] })('shop.example')).toBe(true);
  expect(hostCheck({ ...LOOPBACK, host: '0.0.0.0', allowAnonymous: true })('shop.example')).toBe(true);
  expect(hostCheck({ ...LOOPBACK, allowAnonymous: true })('shop.example')).toBe(true);
});

it('refuses requests and upgrades that a page of another name sends', async () => {
  const { url, http } = await serve(ROUTES);
  let upgrades = 0;
  http.server.on('upgrade', (_request, socket) => {
    upgrades++;
    socket.end('HTTP/1.1 418 Mine\r\nContent-Length: 0\r\n\r\n', () => socket.destroy());
  });
  for (const headers of [{ Host: 'evil.example:8080' }, { ...UPGRADE, Host: 'evil.example:8080' }]) {
    const { status, body } = await answer(`${url}/things`, headers);
    expect(status).toBe(421);
    expect(JSON.parse(body)).toMatchObject({ type: 'urn:problem-type:kaiseki:misdirected', status: 421 });
    expect(body).toContain('KAISEKI_ALLOW_ANONYMOUS');
  }
  expect(upgrades).toBe(0);
  expect((await answer(`${url}/things`, {})).status).toBe(200);
  expect((await answer(`${url}/things`, UPGRADE)).status).toBe(418);
});

it('serves proxies that have said so', async () => {
  const { url } = await serve(ROUTES, { settings: { ...LOOPBACK, allowAnonymous: true } });
  expect((await answer(`${url}/things`, { Host: 'shop.example' })).status).toBe(200);
});
