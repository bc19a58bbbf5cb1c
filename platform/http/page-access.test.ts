import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Clock, systemClock } from '#platform/clock/clock.ts';
import { ManualClock } from '#platform/clock/manual-clock.testing.ts';
import { callerOf } from './caller.ts';
import { ask, LOOPBACK, serve } from './http.testing.ts';
import { startIssuer, type TestIssuer } from './issuer.testing.ts';
import { type PageLimitSettings, PageLimits } from './page-limits.ts';
import { type Role, type Route, sendJson } from './route.ts';
import type { HttpSettings } from './server.ts';

const SHOP = 'https://shop.example';
const PAGE_KEY = 'pk_shop-0123456789';
const MINUTE_MS = 60_000;
const API_KEY = 'ingest-0123456789';

/** Answers with who sends, once what they send is counted. */
const ROUTES = (['ingest', 'read'] as const).map(
  (role: Role): Route => ({
    method: 'post',
    path: `/${role}`,
    summary: role,
    tag: 'test',
    role,
    responses: { 200: { description: 'Let in.', content: { 'application/json': undefined } } },
    async handle(context) {
      const { name, subject, admit } = callerOf(context);
      admit?.([subject ?? context.get('user')]);
      sendJson(context, 200, { name, subject });
    },
  }),
);

const KEYED: HttpSettings = {
  ...LOOPBACK,
  apiKeys: [{ role: 'ingest', key: API_KEY }],
  origins: [SHOP],
  publishableKeys: [{ key: PAGE_KEY, origins: [SHOP] }],
};

async function given(settings: HttpSettings, clock = systemClock) {
  const { url } = await serve(ROUTES, { settings, clock });
  return (path: string, headers: Record<string, string> = {}) => ask(url, ROUTES, path, { method: 'POST', headers });
}

describe('a publishable key', () => {
  it('sends from a page of its origin, in a header or, as beacons must, in the address', async () => {
    const post = await given(KEYED);
    const sent = { name: `publishable key ${PAGE_KEY}` };
    expect((await post('/ingest', { origin: SHOP, authorization: `Bearer ${PAGE_KEY}` })).json).toEqual(sent);
    expect((await post(`/ingest?key=${PAGE_KEY}`, { origin: SHOP })).json).toEqual(sent);
  });

  it('sends from no other page, and from none', async () => {
    const post = await given(KEYED);
    for (const headers of [{}, { origin: 'https://evil.example' }, { origin: 'null' }]) {
      expect((await post('/ingest', { ...headers, 'x-api-key': PAGE_KEY })).status).toBe(403);
    }
    expect((await post('/ingest', { 'x-api-key': PAGE_KEY })).text).toContain('names no Origin');
  });

  it('reads nothing, and is not the only way in', async () => {
    const post = await given(KEYED);
    expect((await post('/read', { origin: SHOP, 'x-api-key': PAGE_KEY })).status).toBe(403);
    expect((await post('/ingest', { origin: SHOP, 'x-api-key': 'pk_another-0123456789' })).status).toBe(401);
    expect((await post('/ingest', { origin: SHOP })).status).toBe(401);
    expect((await post('/ingest', { 'x-api-key': API_KEY })).json).toEqual({ name: 'API key' });
  });

  it('is the only key that may stand in an address', async () => {
    const post = await given(KEYED);
    const { status, text } = await post(`/ingest?key=${API_KEY}`, { origin: SHOP });
    expect(status).toBe(401);
    expect(text).toContain('header');
    expect(text).not.toContain(API_KEY);
  });

  it('sends as much of a user, from an address and in a day as it may, and is told when to come again', async () => {
    const post = await given({ ...KEYED, pageLimits: { perUser: 2, perAddress: 5, perDay: 6 }, proxies: 1 });
    const send = (user: string, address: string) =>
      post('/ingest', { origin: SHOP, 'x-api-key': PAGE_KEY, user, 'x-forwarded-for': address });
    const statuses: number[] = [];
    for (const user of ['a', 'a', 'a', 'b']) statuses.push((await send(user, '192.0.2.1')).status);
    expect(statuses).toEqual([200, 200, 429, 200]);
    // The refused one came from the address too.
    expect((await send('c', '192.0.2.1')).status).toBe(200);
    const refused = await send('d', '192.0.2.1');
    expect(refused.status).toBe(429);
    expect(refused.json).toMatchObject({ type: 'urn:problem-type:kaiseki:too-many-requests', detail: expect.stringContaining('address') });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    for (const user of ['e', 'f']) expect((await send(user, '192.0.2.2')).status).toBe(200);
    const daily = await send('g', '192.0.2.3');
    expect(daily).toMatchObject({ status: 429, json: { detail: 'This key or user has sent all that it may in a day: 6 records.' } });
  });
});

it('a day ends, and another one begins', () => {
  const clock = new ManualClock();
  const limits = new PageLimits({ perUser: 100, perAddress: 100, perDay: 2 }, clock);
  limits.admit('pk_a', '192.0.2.1', ['u', 'v']);
  expect(() => limits.admit('pk_a', '192.0.2.1', ['u'])).toThrow('in a day');
  limits.admit('pk_b', '192.0.2.1', ['u']);
  clock.advance(86_400_000);
  limits.admit('pk_a', '192.0.2.1', ['u']);
});

describe('an ID token', () => {
  async function withIssuer(changes: Partial<HttpSettings> = {}) {
    const issuer = await startIssuer();
    onTestFinished(issuer.close);
    let later_ms = 0;
    const clock: Clock = { ...systemClock, monotonic_ms: () => systemClock.monotonic_ms() + later_ms };
    const post = await given({ ...KEYED, publishableKeys: [], idTokens: issuer.settings, ...changes }, clock);
    const later = (wait_ms: number) => {
      later_ms += wait_ms;
    };
    const send = (token: string, path = '/ingest') => post(path, { authorization: `Bearer ${token}` });
    return { issuer, send, post, later };
  }

  it('says whose the orders are', async () => {
    const { issuer, send } = await withIssuer();
    expect((await send(await issuer.token('U1234'))).json).toEqual({ name: 'ID token', subject: 'U1234' });
    await send(await issuer.token('U5678'));
    expect(issuer.asked()).toBe(1);
  });

  it.each([
    ['has expired', (issuer: TestIssuer) => issuer.token('U1', { exp: Math.floor(systemClock.now_ms() / 1_000) - 120 })],
    ['is for somebody else', (issuer: TestIssuer) => issuer.token('U1', { aud: 'another' })],
    ['is of another issuer', (issuer: TestIssuer) => issuer.token('U1', { iss: 'https://evil.example' })],
    ['names nobody', (issuer: TestIssuer) => issuer.token('')],
    [
      'is not signed',
      async ({ settings: { issuer: iss, audience } }: TestIssuer) =>
        new UnsecuredJWT({ sub: 'U1' }).setIssuer(iss).setAudience(audience).setIssuedAt().setExpirationTime('1h').encode(),
    ],
    [
      'is signed with what everybody knows',
      async ({ settings: { issuer: iss, audience } }: TestIssuer) =>
        new SignJWT({ sub: 'U1' })
          .setProtectedHeader({ alg: 'HS256', kid: 'one' })
          .setIssuer(iss)
          .setAudience(audience)
          .setIssuedAt()
          .setExpirationTime('1h')
          .sign(new TextEncoder().encode(audience.padEnd(32))),
    ],
    [
      'was changed',
      async (issuer: TestIssuer) => {
        const [head, , signature] = (await issuer.token('U1')).split('.');
        const [, body] = (await issuer.token('U2')).split('.');
        return `${head}.${body}.${signature}`;
      },
    ],
    ['is none', async () => 'eyJ.e30.x'],
  ])('is refused where it %s', async (_, make) => {
    const { issuer, send } = await withIssuer();
    const { status, headers } = await send(await make(issuer));
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toContain('Bearer');
  });

  it('reads nothing, and leaves API keys as they are', async () => {
    const { issuer, send, post } = await withIssuer();
    expect((await send(await issuer.token('U1'), '/read')).status).toBe(403);
    expect((await post('/ingest', { 'x-api-key': API_KEY })).json).toEqual({ name: 'API key' });
    expect((await post('/ingest')).status).toBe(401);
  });

  it('waits for keys that cannot be had now, no longer than that lasts', async () => {
    const { issuer, send, later } = await withIssuer();
    issuer.answers(false);
    const token = await issuer.token('U1');
    expect((await send(token)).status).toBe(503);
    issuer.answers(true);
    later(10_000);
    expect((await send(token)).status).toBe(200);
  });

  it('is checked with the keys that are known, while the issuer is away, for a day', async () => {
    const { issuer, send, later } = await withIssuer();
    const token = await issuer.token('U1');
    expect((await send(token)).status).toBe(200);
    issuer.answers(false);
    for (const wait_ms of [11 * MINUTE_MS, 60 * MINUTE_MS]) {
      later(wait_ms);
      expect((await send(token)).status).toBe(200);
    }
    expect(issuer.asked()).toBe(3);
    later(24 * 60 * MINUTE_MS);
    expect((await send(token)).status).toBe(503);
    issuer.answers(true);
    later(10_000);
    expect((await send(token)).status).toBe(200);
  });

  it('costs no question to an issuer that has just failed to answer', async () => {
    const { issuer, send, later } = await withIssuer();
    issuer.answers(false);
    for (let sent = 0; sent < 5; sent++) expect((await send(await issuer.token(`U${sent}`))).status).toBe(503);
    expect(issuer.asked()).toBe(1);
    later(10_000);
    expect((await send(await issuer.token('U1'))).status).toBe(503);
    expect(issuer.asked()).toBe(2);
  });

  it('of a key that is not known costs a question now and then', async () => {
    const { issuer, send, later } = await withIssuer();
    const strange = await issuer.token('U1', {}, 'another');
    for (let sent = 0; sent < 3; sent++) expect((await send(strange)).status).toBe(401);
    expect(issuer.asked()).toBe(1);
    later(MINUTE_MS);
    for (let sent = 0; sent < 3; sent++) expect((await send(strange)).status).toBe(401);
    expect(issuer.asked()).toBe(2);
    later(MINUTE_MS);
    issuer.answers(false);
    for (let sent = 0; sent < 3; sent++) expect((await send(strange)).status).toBe(503);
    expect(issuer.asked()).toBe(3);
    expect((await send(await issuer.token('U1'))).status).toBe(200);
  });

  it('has limits for its user too', async () => {
    const { issuer, send } = await withIssuer({ pageLimits: { perUser: 1, perAddress: 10, perDay: 10 } });
    const token = await issuer.token('U1');
    expect((await send(token)).status).toBe(200);
    expect((await send(token)).status).toBe(429);
    expect((await send(await issuer.token('U2'))).status).toBe(200);
  });

  it('leaves other users what they may send in a day', async () => {
    const { issuer, send } = await withIssuer({ pageLimits: { perUser: 10, perAddress: 100, perDay: 2 } });
    const statuses: number[] = [];
    for (const user of ['U1', 'U1', 'U1', 'U2', 'U2', 'U2']) statuses.push((await send(await issuer.token(user))).status);
    expect(statuses).toEqual([200, 200, 429, 200, 200, 429]);
    expect(await send(await issuer.token('U1'))).toMatchObject({
      json: { detail: 'This key or user has sent all that it may in a day: 2 records.' },
    });
  });
});

describe('what pages may send', () => {
  const limitsOf = (settings: Partial<PageLimitSettings>) => {
    const clock = { ...systemClock, now_ms: () => 0, monotonic_ms: () => 0 };
    return new PageLimits({ perUser: 10, perAddress: 10, perDay: 100, ...settings }, clock);
  };
  const times = (count: number, user: string) => Array.from({ length: count }, () => user);

  it('is charged for all users of a batch, or for none', () => {
    const limits = limitsOf({ perUser: 3, perAddress: 100 });
    expect(() => limits.admit('pk', 'a', [...times(2, 'u'), ...times(4, 'greedy')])).toThrow('3 records a minute');
    limits.admit('pk', 'a', times(3, 'u'));
    expect(() => limits.admit('pk', 'a', ['u'])).toThrow('3 records a minute');
  });

  it('is given back where it was not accepted', () => {
    const limits = limitsOf({ perDay: 5 });
    limits.admit('pk', 'a', times(5, 'u'))(times(4, 'u'));
    limits.admit('pk', 'a', times(4, 'u'));
    expect(() => limits.admit('pk', 'a', ['v'])).toThrow('in a day');
  });

  it('is given back to the day on which it was sent', () => {
    const clock = new ManualClock();
    const limits = new PageLimits({ perUser: 100, perAddress: 100, perDay: 5 }, clock);
    const giveBack = limits.admit('pk', 'a', times(5, 'u'));
    clock.advance(86_400_000);
    limits.admit('pk', 'a', times(5, 'u'));
    giveBack(times(5, 'u'));
    expect(() => limits.admit('pk', 'a', ['u'])).toThrow('in a day');
  });

  it('does not depend on a clock that is set back', () => {
    let now_ms = 10_000_000_000;
    const limits = new PageLimits({ perUser: 2, perAddress: 5, perDay: 100 }, { ...systemClock, now_ms: () => now_ms });
    limits.knock('a');
    limits.admit('pk', 'a', ['u']);
    now_ms -= 3_600_000;
    limits.knock('a');
    limits.admit('pk', 'a', ['u']);
  });

  it('has no time to wait for where it is more than an address may ever send', () => {
    const limits = limitsOf({});
    limits.knock('a');
    const refused = () =>
      limits.admit(
        'pk',
        'a',
        Array.from({ length: 11 }, (_, index) => `u${index}`),
      );
    expect(refused).toThrow(expect.objectContaining({ status: 429, extras: { headers: {} } }));
  });

  it('counts each request as a record, and those that are not valid, for the address', () => {
    const limits = limitsOf({});
    for (let request = 0; request < 10; request++) limits.knock('a');
    expect(() => limits.knock('a')).toThrow('10 records a minute are taken from one address');
    limits.knock('b');
    limits.charge('b', 100_000);
    expect(() => limits.knock('b')).toThrow('from one address');
    expect(() => limits.admit('pk', 'b', times(2, 'u'))).toThrow('from one address');
  });
});
