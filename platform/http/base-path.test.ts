import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { withoutBase } from './base-path.ts';
import { documentationRoutes } from './docs.ts';
import { LOOPBACK, serve } from './http.testing.ts';

const SETTINGS = { ...LOOPBACK, basePath: '/kaiseki' };
const ROUTES = documentationRoutes([], { title: 'Test', version: '1', description: '', basePath: '/kaiseki', needsKeys: false });

it('is taken off an address that has it, as a whole word', () => {
  const without = (url: string) => withoutBase(url, '/kaiseki');
  expect(without('/kaiseki/api/menu?x=1')).toBe('/api/menu?x=1');
  expect(without('/kaiseki/')).toBe('/');
  expect(without('/kaiseki')).toBe('/');
  expect(without('/kaiseki?x=1')).toBe('/?x=1');
  expect(without('/api/menu')).toBe('/api/menu');
  expect(without('/kaisekibar')).toBe('/kaisekibar');
  expect(withoutBase('/api', '')).toBe('/api');
});

it('is understood, whether a proxy has taken it off or not, and is part of the address', async () => {
  const { url } = await serve(ROUTES, { settings: SETTINGS });
  expect(url).toMatch(/:\d+\/kaiseki$/);
  const origin = new URL(url).origin;
  for (const address of [`${url}/docs`, `${origin}/docs`, `${url}/docs/start.js`]) expect((await fetch(address)).status, address).toBe(200);
  const document: { servers: unknown } = JSON.parse(await (await fetch(`${url}/openapi.json`)).text());
  expect(document.servers).toEqual([{ url: '/kaiseki' }]);
  const page = await (await fetch(`${url}/docs`)).text();
  for (const [, address = ''] of page.matchAll(/(?:href|src)="([^"]+)"/g)) {
    if (address !== 'data:,') expect((await fetch(new URL(address, `${url}/docs`))).status, address).toBe(200);
  }
});

it('is led to its slash, with what it is asked for, as every other request is answered', async () => {
  const { url, metrics } = await serve(ROUTES, { settings: SETTINGS });
  for (const query of ['', '?x=1&y=%2F']) {
    const bare = await fetch(url + query, { redirect: 'manual' });
    expect([bare.status, bare.headers.get('location')]).toEqual([308, `/kaiseki/${query}`]);
    expect(bare.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(bare.headers.get('x-content-type-options')).toBe('nosniff');
  }
  while (!(await metrics.render()).includes('route="none",status="3xx"} 2')) await systemClock.sleep(5);
  const [{ statusCode }] = (await once(get(url, { headers: { host: 'rebound.example' } }), 'response')) as [IncomingMessage];
  expect(statusCode).toBe(421);
});

it.each(['', '/kaiseki'])('the documentation is a page with and without a slash at its end, under "%s"', async (basePath) => {
  const { url } = await serve(ROUTES, { settings: { ...LOOPBACK, basePath } });
  const page = await fetch(`${url}/docs/?x=1`);
  expect([page.status, page.url]).toEqual([200, `${url}/docs?x=1`]);
  const [, script = ''] = /src="([^"]+)"/.exec(await page.text()) ?? [];
  expect((await fetch(new URL(script, page.url))).status).toBe(200);
});

it('is taken off an upgrade too', async () => {
  const { url, http } = await serve(ROUTES, { settings: SETTINGS });
  http.server.on('upgrade', ({ url: seen }, socket) => {
    socket.end(`HTTP/1.1 418 Mine\r\nX-Seen: ${seen}\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
  });
  const headers = { Connection: 'Upgrade', Upgrade: 'websocket' };
  const [response] = (await once(get(`${url}/live?dimension=snack`, { headers }), 'response')) as [IncomingMessage];
  expect(response.headers['x-seen']).toBe('/live?dimension=snack');
  response.resume();
});
