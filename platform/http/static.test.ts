import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serve } from './http.testing.ts';
import { pagesMiddleware } from './static.ts';

let root: string;
let pages: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'kaiseki-static-'));
  pages = join(root, 'dist');
  mkdirSync(join(pages, 'assets'), { recursive: true });
  writeFileSync(join(root, 'secret.txt'), 'secret');
  writeFileSync(join(pages, 'index.html'), '<!doctype html><title>first</title>');
  writeFileSync(join(pages, 'cuisine.html'), '<!doctype html><title>懐石</title>');
  writeFileSync(join(pages, 'assets', 'app-BxT3a9_-.js'), `export default '${'a'.repeat(10_000)}';`);
  writeFileSync(join(pages, 'assets', 'plain.css'), 'body {}');
  writeFileSync(join(pages, '和食 pie.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  symlinkSync(join(root, 'secret.txt'), join(pages, 'link.txt'));
});

afterAll(() => rmSync(root, { recursive: true }));

const get = async (path: string, headers: Record<string, string> = {}) => {
  const { url } = await serve([], { pages: pagesMiddleware(pages) });
  const response = await fetch(url + path, { headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

/** Asks for a path as it is written: `fetch` would tidy it up first. */
async function rawStatus(path: string): Promise<number | undefined> {
  const { url } = await serve([], { pages: pagesMiddleware(pages) });
  const { hostname, port } = new URL(url);
  const [response] = (await once(request({ hostname, port, path }).end(), 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

it('serves files with their types', async () => {
  expect(await get('/cuisine.html')).toMatchObject({ status: 200, text: '<!doctype html><title>懐石</title>' });
  expect((await get('/')).text).toContain('first');
  expect((await get('/cuisine.html')).headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect((await get('/assets/app-BxT3a9_-.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect((await get(`/${encodeURIComponent('和食 pie.svg')}`)).headers.get('content-type')).toBe('image/svg+xml');
});

it('lets browsers keep what never changes, and ask again for the rest', async () => {
  expect((await get('/assets/app-BxT3a9_-.js')).headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect((await get('/assets/plain.css')).headers.get('cache-control')).toBe('no-cache');
  const { headers } = await get('/cuisine.html');
  expect(headers.get('cache-control')).toBe('no-cache');
  const etag = headers.get('etag') as string;
  expect(await get('/cuisine.html', { 'if-none-match': `"other", ${etag}` })).toMatchObject({ status: 304, text: '' });
  expect((await get('/', { 'if-none-match': etag })).status).toBe(200);
  for (const known of ['*', etag.replace('W/', '')])
    expect((await get('/cuisine.html', { 'if-none-match': known })).status, known).toBe(304);
});

it('compresses for those who take it', async () => {
  const packed = await get('/assets/app-BxT3a9_-.js', { 'accept-encoding': 'gzip' });
  expect(packed.headers.get('content-encoding')).toBe('gzip');
  expect(Number(packed.headers.get('content-length'))).toBeLessThan(1_000);
  const plain = await get('/assets/app-BxT3a9_-.js', { 'accept-encoding': 'identity' });
  expect(plain.headers.get('content-encoding')).toBeNull();
  expect(plain.text).toBe(packed.text);
});

it('reads a page again after it could not be read', async () => {
  const late = join(pages, 'late.html');
  writeFileSync(late, 'early');
  const { url } = await serve([], { pages: pagesMiddleware(pages) });
  rmSync(late);
  expect((await fetch(`${url}/late.html`)).status).toBe(500);
  writeFileSync(late, 'late');
  const response = await fetch(`${url}/late.html`);
  expect([response.status, await response.text()]).toEqual([200, 'late']);
});

it('lets pages load nothing from elsewhere and nobody frame them', async () => {
  const { headers } = await get('/cuisine.html');
  expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

it('serves nothing that is not in the directory', async () => {
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '//secret.txt',
    '/link.txt',
    '/assets',
    '/assets/',
    '/cuisine.html/',
    '/%00',
  ]) {
    expect(await rawStatus(path), path).toBe(404);
  }
});

it('takes GET and HEAD only', async () => {
  const { url } = await serve([], { pages: pagesMiddleware(pages) });
  expect((await fetch(`${url}/cuisine.html`, { method: 'HEAD' })).status).toBe(200);
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const answer = await fetch(`${url}/cuisine.html`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'HEAD, GET']);
  }
  expect((await fetch(`${url}/nothing.html`, { method: 'PUT' })).status).toBe(404);
});
