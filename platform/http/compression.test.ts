import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { compress } from './compression.ts';
import { serve } from './http.testing.ts';
import { exchange } from './raw.testing.ts';
import { type Route, sendJson } from './route.ts';

const answering = (path: string, handle: Route['handle']): Route => ({
  method: 'get',
  path,
  summary: path,
  tag: 'test',
  role: 'open',
  responses: {},
  handle,
});

const ROUTES = [
  answering('/small', async (context) => sendJson(context, 200, 'a'.repeat(100))),
  answering('/json', async (context) => sendJson(context, 200, '和食'.repeat(1_000))),
  answering('/csv', async (context) => {
    context.set('Content-Type', 'text/csv; charset=utf-8');
    context.body = Readable.from(['user_id\r\n', 'a'.repeat(5_000)], { objectMode: false });
  }),
  answering('/events', async (context) => {
    context.set('Content-Type', 'text/event-stream');
    context.body = Readable.from(['data: 1\n\n'], { objectMode: false });
  }),
];

/** Asks as bytes: `fetch` unpacks, and says so of none. */
async function ask(path: string, encoding: string) {
  const { url } = await serve(ROUTES);
  const { head } = await exchange(url, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${encoding}\r\n`);
  const text = await (await fetch(url + path, { headers: { 'accept-encoding': 'gzip' } })).text();
  return { head: head.toLowerCase(), text };
}

describe('an answer', () => {
  it.each(['/json', '/csv'])('is compressed where it is worth it and its client takes it: %s', async (path) => {
    const packed = await ask(path, 'Accept-Encoding: gzip\r\n');
    expect(packed.head).toContain('content-encoding: gzip');
    expect(packed.head).toContain('vary: accept-encoding');
    expect(packed.text).toContain(path === '/csv' ? 'user_id' : '和食和食');
    const plain = await ask(path, '');
    expect(plain.head).not.toContain('content-encoding');
    expect(plain.head).toContain('vary: accept-encoding');
  });

  it.each(['/small', '/events'])('stays as it is otherwise: %s', async (path) => {
    expect((await ask(path, 'Accept-Encoding: gzip\r\n')).head).not.toContain('content-encoding');
  });

  it('is not said to be compressed before it is', async () => {
    const said: boolean[] = [];
    const { url } = await serve([
      answering('/watched', async (context) => {
        sendJson(context, 200, 'a'.repeat(5_000));
        const compressing = compress(context);
        said.push(context.res.hasHeader('Content-Encoding'));
        await compressing;
        said.push(context.res.hasHeader('Content-Encoding'));
      }),
    ]);
    const response = await fetch(`${url}/watched`, { headers: { 'accept-encoding': 'gzip' } });
    expect(await response.json()).toHaveLength(5_000);
    expect(said).toEqual([false, true]);
  });

  it('says how long it is once it is compressed', async () => {
    const { url } = await serve(ROUTES);
    const response = await fetch(`${url}/json`, { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } });
    expect(Number(response.headers.get('content-length'))).toBeLessThan(1_024);
  });
});
