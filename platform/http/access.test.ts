import { describe, expect, it } from 'vitest';
import { exposureProblem, isLoopback, keyCheck } from './access.ts';
import { ask, LOOPBACK, serve } from './http.testing.ts';
import { type Role, type Route, sendJson } from './route.ts';
import type { HttpSettings } from './server.ts';

const settings = (changes: Partial<HttpSettings> = {}): HttpSettings => ({ ...LOOPBACK, ...changes });
const keys = settings({
  apiKeys: [
    { role: 'ingest', key: 'ingest-0123456789' },
    { role: 'read', key: 'read-0123456789' },
    { role: 'ingest', key: 'both-0123456789' },
    { role: 'read', key: 'both-0123456789' },
  ],
});

const routes = (['ingest', 'read', 'open'] as const).map(
  (role: Role): Route => ({
    method: 'get',
    path: `/${role}`,
    summary: role,
    tag: 'test',
    role,
    responses: { 200: { description: 'Let in.', content: { 'application/json': undefined } } },
    handle: async (context) => sendJson(context, 200, {}),
  }),
);

describe('API keys', () => {
  const status = async (path: string, headers: Record<string, string>) => {
    const { url } = await serve(routes, { settings: keys });
    const { status } = await ask(url, routes, path, { headers });
    return status;
  };

  it('are needed where there are any, but not for open routes', async () => {
    expect(await status('/read', {})).toBe(401);
    expect(await status('/open', {})).toBe(200);
  });

  it('are taken from both headers', async () => {
    expect(await status('/read', { authorization: 'Bearer read-0123456789' })).toBe(200);
    expect(await status('/read', { authorization: 'bearer  read-0123456789' })).toBe(200);
    expect(await status('/read', { 'x-api-key': 'read-0123456789' })).toBe(200);
  });

  it('say 401 for an unknown key and 403 for one of another role', async () => {
    expect(await status('/read', { authorization: 'Bearer read-012345678' })).toBe(401);
    expect(await status('/read', { authorization: 'Basic cmVhZC0wMTIzNDU2Nzg5' })).toBe(401);
    expect(await status('/ingest', { 'x-api-key': 'read-0123456789' })).toBe(403);
    expect(await status('/read', { 'x-api-key': 'ingest-0123456789' })).toBe(403);
  });

  it('may have both roles', async () => {
    expect(await status('/read', { 'x-api-key': 'both-0123456789' })).toBe(200);
    expect(await status('/ingest', { 'x-api-key': 'both-0123456789' })).toBe(200);
  });

  it('are asked for by name', async () => {
    const { url } = await serve(routes, { settings: keys });
    const { headers } = await ask(url, routes, '/read');
    expect(headers.get('www-authenticate')).toContain('Bearer');
  });

  it('are not needed where there are none', () => {
    expect(() => keyCheck(settings())(undefined, 'ingest')).not.toThrow();
    expect(() => keyCheck(settings())('anything', 'read')).not.toThrow();
  });
});

describe('a server that others can reach', () => {
  it('refuses to be made without keys or a word, and names the settings', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.5', 'kaiseki.example.com']) {
      await expect(serve(routes, { settings: settings({ host }) })).rejects.toThrow(/KAISEKI_API_KEYS.*KAISEKI_ALLOW_ANONYMOUS/);
    }
  });

  it('is made with either', () => {
    expect(exposureProblem({ ...keys, host: '0.0.0.0' })).toBeUndefined();
    expect(exposureProblem(settings({ host: '0.0.0.0', allowAnonymous: true }))).toBeUndefined();
  });

  it('is told from one on loopback', () => {
    for (const host of ['127.0.0.1', '127.8.9.10', '::1', 'localhost', '::ffff:127.0.0.1']) expect(isLoopback(host), host).toBe(true);
    for (const host of ['0.0.0.0', '::', '128.0.0.1', '127.0.0.1.example.com', 'localhost.example.com', '']) {
      expect(isLoopback(host), host).toBe(false);
    }
  });
});
