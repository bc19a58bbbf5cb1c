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
