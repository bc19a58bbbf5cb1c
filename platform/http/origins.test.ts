import { describe, expect, it } from 'vitest';
import { parseJson, withTextBody } from './body.ts';
import { BodyBudget } from './body-budget.ts';
import { LOOPBACK, serve } from './http.testing.ts';
import { isOwnOrigin, originOf } from './origins.ts';
import { type Route, sendJson } from './route.ts';

const SHOP = 'https://shop.example';
const OTHER = 'https://evil.example';

const ROUTES: readonly Route[] = [
  {
    method: 'post',
    path: '/things',
    summary: 'takes',
    tag: 'test',
    role: 'open',
    responses: {},
    async handle(context) {
      const rules = { types: ['application/json'], limit_bytes: 1_000, budget: new BodyBudget(1_000) };
      sendJson(context, 200, await withTextBody(context, rules, async ({ text }) => parseJson(text)));
    },
  },
];

async function given(origins: readonly string[] = [SHOP]) {
  const { url } = await serve(ROUTES, { settings: { ...LOOPBACK, origins } });
  return (method: string, headers: Record<string, string>, body?: string) =>
    fetch(`${url}/things`, { method, headers, ...(body === undefined ? {} : { body }) });
}

const preflight = (origin: string) => ({
  origin,
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization,content-type',
});

describe('a page of another origin', () => {
  it('is let in by a preflight that its browser may remember, where it is listed', async () => {
    const ask = await given();
    const answer = await ask('OPTIONS', preflight(SHOP));
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(SHOP);
    expect(answer.headers.get('access-control-allow-methods')).toContain('POST');
    expect(answer.headers.get('access-control-allow-headers')).toMatch(/Authorization.*Content-Type/);
    expect(Number(answer.headers.get('access-control-max-age'))).toBeGreaterThanOrEqual(600);
    expect(answer.headers.get('vary')).toContain('Origin');
  });

  it('is told, where it is not, by which setting it could be', async () => {
    for (const origins of [[SHOP], []]) {
      const ask = await given(origins);
      for (const origin of [OTHER, 'null', `${SHOP}.evil.example`, 'http://shop.example']) {
        const answer = await ask('OPTIONS', preflight(origin));
        expect(answer.status, origin).toBe(403);
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
        expect(await answer.text()).toContain('KAISEKI_ORIGINS');
      }
    }
  });

  it('may read answers and problems, and the headers that say when to come again', async () => {
    const ask = await given();
    for (const [body, status] of [
      ['{}', 200],
      ['{', 400],
    ] as const) {
      const answer = await ask('POST', { origin: SHOP, 'content-type': 'application/json' }, body);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('access-control-allow-origin')).toBe(SHOP);
      expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After');
    }
    const other = await ask('POST', { origin: OTHER, 'content-type': 'application/json' }, '{}');
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
    expect(other.headers.get('vary')).toContain('Origin');
  });

  it('may send JSON as text, as beacons do, where it is listed; nobody else may', async () => {
    const ask = await given();
    const send = async (headers: Record<string, string>) =>
      (await ask('POST', { 'content-type': 'text/plain;charset=UTF-8', ...headers }, '{}')).status;
    expect(await send({ origin: SHOP })).toBe(200);
    expect(await send({ origin: 'HTTPS://Shop.Example:443' })).toBe(200);
    expect(await send({ origin: OTHER })).toBe(415);
    expect(await send({ origin: 'null' })).toBe(415);
    expect(await send({})).toBe(415);
  });

  it('gets nothing for OPTIONS that is no preflight', async () => {
    const ask = await given();
    expect((await ask('OPTIONS', { origin: SHOP })).status).toBe(405);
  });
});

describe('an origin', () => {
  it('has one spelling', () => {
    for (const written of ['https://shop.example', 'https://shop.example/', 'HTTPS://SHOP.example:443']) {
      expect(originOf(written)).toBe('https://shop.example');
    }
    expect(originOf('http://[::1]:80')).toBe('http://[::1]');
    const none = [
      'null',
      '',
      'shop.example',
      'ftp://shop.example',
      'https://shop.example/app',
      'https://shop.example?x',
      'https://a@shop.example',
    ];
    for (const written of [...none, `https://${'a'.repeat(300)}`]) expect(originOf(written), written).toBeUndefined();
  });

  it('is the server’s own whatever the case and the default port', () => {
    for (const [origin, host] of [
      ['https://shop.example', 'shop.example'],
      ['https://shop.example', 'Shop.Example:443'],
      ['http://shop.example', 'shop.example:80'],
      ['http://localhost:8080', 'LOCALHOST:8080'],
      ['HTTP://[::1]:8080', '[0:0:0:0:0:0:0:1]:8080'],
    ] as const) {
      expect(isOwnOrigin(origin, host), `${origin} ${host}`).toBe(true);
    }
    for (const [origin, host] of [
      ['https://shop.example', 'shop.example:80'],
      ['http://shop.example', 'shop.example:443'],
      ['https://shop.example', undefined],
      ['null', 'null'],
      ['https://shop.example', 'user@shop.example'],
      ['https://shop.example', 'shop.example/path'],
    ] as const) {
      expect(isOwnOrigin(origin, host), `${origin} ${host}`).toBe(false);
    }
  });
});
