import { describe, expect, it } from 'vitest';
import { exposureProblem } from '#platform/http/access.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { httpGroup } from './http.ts';

const read = (environment: Environment) => readEnvironment(httpGroup, environment, 'KAISEKI_');

describe('KAISEKI_API_KEYS', () => {
  it('holds a role and a key for each entry; a key may hold colons', () => {
    expect(read({ KAISEKI_API_KEYS: 'ingest:0123456789abcdef, read:a:b:c:d:e:f:g:h:i' }).apiKeys).toEqual([
      { role: 'ingest', key: '0123456789abcdef' },
      { role: 'read', key: 'a:b:c:d:e:f:g:h:i' },
    ]);
  });

  it('refuses other roles, short keys and what has no key, without showing any of it', () => {
    const keys = 'ingest:0123456789abcdef,admin:0123456789abcdef,read:short,0123456789abcdef';
    expect(() => read({ KAISEKI_API_KEYS: keys })).toThrow(
      '3 settings are wrong:\n' +
        '  KAISEKI_API_KEYS must be role:key,role:key with the roles ingest and read; entry 2 is not\n' +
        '  KAISEKI_API_KEYS must hold keys of at least 16 characters; entry 3 is shorter\n' +
        '  KAISEKI_API_KEYS must be role:key,role:key with the roles ingest and read; entry 4 is not',
    );
  });
});

it('metrics have another port than everything else', () => {
  expect(() => read({ KAISEKI_PORT: '9090', KAISEKI_METRICS_PORT: '9090' })).toThrow(
    'KAISEKI_METRICS_PORT must be another port than KAISEKI_PORT, which is 9090 too',
  );
  expect(() => read({ KAISEKI_METRICS_PORT: '8080' })).toThrow('KAISEKI_METRICS_PORT must be another port');
  // 0 is any free one, and another one each time.
  expect(read({ KAISEKI_PORT: '0', KAISEKI_METRICS_PORT: '0' })).toMatchObject({ port: 0, metricsPort: 0 });
});

describe('pages of other origins', () => {
  const ORIGINS = { KAISEKI_ORIGINS: 'https://shop.example, HTTPS://Mini.Example:443/' };
  const API_KEYS = { KAISEKI_API_KEYS: 'read:0123456789abcdef' };
  const TOKENS = {
    KAISEKI_ID_TOKEN_ISSUER: 'https://access.line.me',
    KAISEKI_ID_TOKEN_AUDIENCE: '1234567890',
    KAISEKI_ID_TOKEN_KEYS_URL: 'https://api.line.me/oauth2/v2.1/certs',
  };

  it('are origins in one spelling, and keys with the origins of each', () => {
    const one = 'pk_0123456789abc@https://shop.example,pk_0123456789abc@https://mini.example, pk_another-012345@https://mini.example:443';
    expect(read({ ...ORIGINS, ...API_KEYS, KAISEKI_PUBLISHABLE_KEYS: one })).toMatchObject({
      origins: ['https://shop.example', 'https://mini.example'],
      publishableKeys: [
        { key: 'pk_0123456789abc', origins: ['https://shop.example', 'https://mini.example'] },
        { key: 'pk_another-012345', origins: ['https://mini.example'] },
      ],
      idTokens: undefined,
    });
    expect(read({ ...API_KEYS, ...TOKENS }).idTokens).toEqual({
      issuer: 'https://access.line.me',
      audience: '1234567890',
      keysUrl: 'https://api.line.me/oauth2/v2.1/certs',
    });
  });

  it.each([
    [{ KAISEKI_ORIGINS: 'https://shop.example,shop.example' }, 'separated by commas; entry 2 is none'],
    [{ KAISEKI_ORIGINS: '*' }, 'entry 1 is none'],
    [{ ...API_KEYS, KAISEKI_PUBLISHABLE_KEYS: 'sk_0123456789abc@https://shop.example' }, 'begin with pk_'],
    [{ ...API_KEYS, KAISEKI_PUBLISHABLE_KEYS: 'pk_short@https://shop.example' }, 'entry 1 is not'],
    [{ ...API_KEYS, KAISEKI_PUBLISHABLE_KEYS: 'pk_0123456789abc+d@https://shop.example' }, 'which may stand in an address'],
    [{ ...API_KEYS, KAISEKI_PUBLISHABLE_KEYS: 'pk_0123456789abc@https://shop.example@https://b.example' }, 'entry 1 is not'],
    [{ KAISEKI_API_KEYS: 'read:eyJhbGciOiJub25l.eyJzdWIiOiJ1In0.sig' }, 'entry 1 has the shape of an ID token'],
    [{ ...API_KEYS, KAISEKI_PUBLISHABLE_KEYS: 'pk_0123456789abc@https://shop.example' }, 'KAISEKI_ORIGINS must list https://shop.example'],
    [{ ...ORIGINS, KAISEKI_PUBLISHABLE_KEYS: 'pk_0123456789abc@https://shop.example' }, 'KAISEKI_API_KEYS is not: set that too'],
    [{ KAISEKI_API_KEYS: 'ingest:pk_0123456789abcdef' }, 'must hold secrets; entry 1 begins with pk_'],
    [{ ...API_KEYS, ...TOKENS, KAISEKI_ID_TOKEN_AUDIENCE: '' }, 'KAISEKI_ID_TOKEN_AUDIENCE must be set'],
    [{ ...API_KEYS, ...TOKENS, KAISEKI_ID_TOKEN_KEYS_URL: 'http://api.line.me/certs' }, 'must be an https address'],
    [{ ...ORIGINS, ...API_KEYS, ...TOKENS, KAISEKI_PUBLISHABLE_KEYS: 'pk_0123456789abc@https://shop.example' }, 'must not be set together'],
  ])('are refused where %o, and told why', (environment, problem) => {
    expect(() => read(environment)).toThrow(problem);
  });
});

describe('exposureProblem', () => {
  it('is none on loopback, with keys, or where anonymous access is allowed by name', () => {
    expect(exposureProblem(read({}))).toBeUndefined();
    expect(exposureProblem(read({ KAISEKI_HOST: '0.0.0.0', KAISEKI_ALLOW_ANONYMOUS: 'true' }))).toBeUndefined();
    expect(exposureProblem(read({ KAISEKI_HOST: '::', KAISEKI_API_KEYS: 'read:0123456789abcdef' }))).toBeUndefined();
  });

  it('names the setting otherwise', () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.2', 'kaiseki.example.com']) {
      expect(exposureProblem(read({ KAISEKI_HOST: host }))).toContain('KAISEKI_ALLOW_ANONYMOUS=true');
    }
  });
});
