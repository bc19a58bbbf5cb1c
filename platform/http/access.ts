/** Who may do what: API keys with a role each. */
import { hash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { ParameterizedContext } from 'koa';
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
  /** Whether to listen beyond this machine without any key. */
  readonly allowAnonymous: boolean;
}

/** Refuses a request (401, 403) or lets it pass. */
export type AccessCheck = (context: ParameterizedContext, role: Role) => void;

/**
 * The check of these settings: where there are keys, each request needs one; where there are none, none does.
 * @throws Error when everybody on the network would be let in without that having been asked for
 */
export function accessCheck(settings: AccessSettings): AccessCheck {
  const problem = exposureProblem(settings);
  if (problem !== undefined) throw new Error(problem);
  const { apiKeys } = settings;
  const known = apiKeys.map(({ role, key }) => ({ role, digest: digestOf(key) }));
  return (context, role) => {
    if (role === 'open' || apiKeys.length === 0) return;
    const key = presentedKey(context);
    if (key === undefined) throw unauthorized('Send an API key as "Authorization: Bearer KEY" or "X-API-Key: KEY".');
    // Digests have one length and are all compared to the end, so that the time taken tells nothing about any key.
    const digest = digestOf(key);
    const roles = known.filter((one) => timingSafeEqual(one.digest, digest)).map((one) => one.role);
    if (roles.includes(role)) return;
    if (roles.length === 0) throw unauthorized('This API key is not known.');
    throw new HttpProblem('forbidden', `This needs a key of the role ${role}; this one has ${roles.join(', ')}.`);
  };
}

function presentedKey({ req }: ParameterizedContext): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(req.headers.authorization ?? '')?.[1];
  return bearer ?? req.headers['x-api-key']?.toString();
}

function unauthorized(detail: string): HttpProblem {
  return new HttpProblem('unauthorized', detail, { headers: { 'WWW-Authenticate': 'Bearer realm="kaiseki"' } });
}

function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

/** Why these settings must not be listened with; undefined where they may. */
export function exposureProblem({ host, apiKeys, allowAnonymous }: AccessSettings): string | undefined {
  if (isLoopback(host) || apiKeys.length > 0 || allowAnonymous) return undefined;
  return `KAISEKI_API_KEYS must be set (role:key,role:key) to listen on ${host}, which other machines can reach; or set KAISEKI_ALLOW_ANONYMOUS=true`;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether only this machine can reach the address. A name other than localhost is taken to be reachable. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  return family === 0 ? host === 'localhost' : loopback.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
