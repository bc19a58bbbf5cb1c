/** Who may do what: API keys with a role each. */
import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { HttpProblem } from './problem.ts';
import type { Role } from './route.ts';

export interface ApiKey {
  readonly role: Exclude<Role, 'open'>;
  readonly key: string;
}

export interface AccessSettings {
  /** The address to listen on. */
  readonly host: string;
  /** Where there are any, every request but to open routes and pages needs one of its role. */
  readonly apiKeys: readonly ApiKey[];
  /** Whether to listen beyond this machine without any key; and on this machine, to answer for any host (host.ts). */
  readonly allowAnonymous: boolean;
}

/** Lets a request with this key (undefined: with none) pass, or throws HttpProblem: 401 for no or an unknown key, 403 for another role. */
export type KeyCheck = (key: string | undefined, role: Role) => void;

/** The check of these settings: where there are keys, every request needs one; where there are none, none does. */
export function keyCheck({ apiKeys }: AccessSettings): KeyCheck {
  const known = apiKeys.map(({ role, key }) => ({ role, digest: digestOf(key) }));
  return (key, role) => {
    if (role === 'open' || known.length === 0) return;
    if (key === undefined) throw unauthorized('Send an API key as "Authorization: Bearer KEY" or "X-API-Key: KEY".');
    // Digests have one length and are all compared to the end, so that the time taken tells nothing about any key.
    const digest = digestOf(key);
    const roles = known.filter((one) => timingSafeEqual(one.digest, digest)).map((one) => one.role);
    if (roles.includes(role)) return;
    if (roles.length === 0) throw unauthorized('This API key is not known.');
    throw new HttpProblem('forbidden', `This needs a key of the role ${role}; this one has ${roles.join(', ')}.`);
  };
}

/** The key that a request carries. */
export function presentedKey(request: IncomingMessage): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? request.headers['x-api-key']?.toString();
}

function unauthorized(detail: string): HttpProblem {
  return new HttpProblem('unauthorized', detail, { headers: { 'WWW-Authenticate': 'Bearer realm="kaiseki"' } });
}

function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

/** What is wrong with KAISEKI_API_KEYS where everybody on the network would be let in unasked; undefined where these settings may be listened with. */
export function exposureProblem({ host, apiKeys, allowAnonymous }: AccessSettings): string | undefined {
  if (isLoopback(host) || apiKeys.length > 0 || allowAnonymous) return undefined;
  return `must be set (role:key,role:key) to listen on ${host}, which other machines can reach; or set KAISEKI_ALLOW_ANONYMOUS=true`;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether only this machine can reach the address. A name other than localhost is taken to be reachable. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  return family === 0 ? host === 'localhost' : loopback.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
