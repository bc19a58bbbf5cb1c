import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
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
  const bare = await fetch(url, { redirect: 'manual' });
  expect([bare.status, bare.headers.get('location')]).toEqual([308, '/kaiseki/']);
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
