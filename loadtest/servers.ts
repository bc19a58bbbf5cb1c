/** Where the workloads listen, and the keys that they ask for. */
import type { Variables } from './variables.ts';

/** A key for each role; undefined: requests of this role carry none. */
export interface Keys {
  readonly ingest: string | undefined;
  readonly read: string | undefined;
}

export interface Servers {
  readonly ingest: string;
  readonly summary: string;
  readonly live: string;
  readonly keys: Keys;
}

/** `BASE_URL` is where everything listens; `INGEST_URL`, `SUMMARY_URL` and `LIVE_URL` are for workloads apart. */
export function readServers(variables: Variables): Servers {
  const base = variables.address('BASE_URL', 'http://localhost:8080');
  return {
    ingest: variables.address('INGEST_URL', base),
    summary: variables.address('SUMMARY_URL', base),
    live: variables.address('LIVE_URL', base),
    keys: readKeys(variables),
  };
}

/** `KAISEKI_API_KEYS` is what the servers themselves are given: `ingest:KEY,read:KEY`. The first key of each role is used. */
function readKeys(variables: Variables): Keys {
  const text = variables.text('KAISEKI_API_KEYS', '');
  const pairs = text.split(',').flatMap((pair) => (pair.trim() === '' ? [] : [pair.trim().split(':')]));
  if (pairs.some(([role, key]) => (role !== 'ingest' && role !== 'read') || !key)) {
    // A key does not belong into a message.
    variables.wrong('KAISEKI_API_KEYS must be keys with their roles, such as ingest:KEY,read:KEY');
  }
  const keyOf = (wanted: string) => pairs.find(([role]) => role === wanted)?.[1];
  return { ingest: keyOf('ingest'), read: keyOf('read') };
}

/** The header that a key travels in. */
export function keyHeader(key: string | undefined): Record<string, string> {
  return key === undefined ? {} : { Authorization: `Bearer ${key}` };
}
