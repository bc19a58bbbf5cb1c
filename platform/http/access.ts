/** Who may do what: API keys with a role each, publishable keys, ID tokens. */
import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { ParameterizedContext } from 'koa';
import type { Clock } from '#platform/clock/clock.ts';
import type { Caller } from './caller.ts';
import { clientAddress } from './client-address.ts';
import { type IdTokenSettings, idTokenCheck, looksLikeToken } from './id-tokens.ts';
import { type PageLimitSettings, PageLimits } from './page-limits.ts';
import { HttpProblem, unauthorized } from './problem.ts';
import { PUBLISHABLE, type PublishableKey, publishableKeyCheck } from './publishable-keys.ts';
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
  /** Origins whose pages may ask, as `originOf` (origins.ts) spells them. */
  readonly origins: readonly string[];
  /** Keys of pages, beside API keys. */
  readonly publishableKeys: readonly PublishableKey[];
  /** Whose ID tokens are taken, beside API keys; undefined: nobody's. */
  readonly idTokens: IdTokenSettings | undefined;
  readonly pageLimits: PageLimitSettings;
  /** How many proxies of one's own stand before the server (client-address.ts). */
  readonly proxies: number;
}

/** Lets a request with this key (undefined: with none) pass, or throws HttpProblem: 401 for no or an unknown key, 403 for another role. */
export type KeyCheck = (key: string | undefined, role: Role) => void;

/** The check of these settings: where there are keys, every request needs one; where there are none, none does. */
export function keyCheck({ apiKeys }: Pick<AccessSettings, 'apiKeys'>): KeyCheck {
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

/** Who asks for a route of this role, by the key or the token of the request. @throws HttpProblem 401, 403, 503 */
export type AccessCheck = (context: ParameterizedContext, role: Role) => Caller | Promise<Caller>;

const ANYBODY: Caller = {};
const KEY_HOLDER: Caller = { name: 'API key' };

/** The check of these settings: API keys, the publishable keys of pages, and ID tokens. Waits only for the check of a token. */
export function accessCheck(settings: AccessSettings, clock: Clock): AccessCheck {
  const { publishableKeys, idTokens, proxies } = settings;
  const checkKey = keyCheck(settings);
  const limits = new PageLimits(settings.pageLimits, clock);
  const checkPublishable = publishableKeyCheck(publishableKeys, limits);
  const checkToken = idTokens && idTokenCheck(idTokens, limits, clock);
  return (context, role) => {
    if (role === 'open' || settings.apiKeys.length === 0) return ANYBODY;
    const { req: request } = context;
    const credential = presentedKey(request) ?? (publishableKeys.length === 0 ? undefined : keyInAddress(context));
    if (credential?.startsWith(PUBLISHABLE)) {
      const page = { origin: request.headers.origin, address: clientAddress(request, proxies) };
      const caller = checkPublishable(credential, role, page);
      if (caller) return caller;
    }
    if (checkToken && credential !== undefined && looksLikeToken(credential)) {
      return checkToken(credential, role, clientAddress(request, proxies));
    }
    checkKey(credential, role);
    return KEY_HOLDER;
  };
}

/** The key or token that a request carries in its headers. */
export function presentedKey({ headers }: IncomingMessage): string | undefined {
  return bearerIn(headers.authorization ?? '') ?? headers['x-api-key']?.toString();
}

const BEARER = 'bearer ';

/** The credential of `Bearer CREDENTIAL`; undefined for another scheme, and for more than one word. */
function bearerIn(header: string): string | undefined {
  if (header.slice(0, BEARER.length).toLowerCase() !== BEARER) return undefined;
  const credential = header.slice(BEARER.length).trim();
  return credential === '' || credential.includes(' ') || credential.includes('\t') ? undefined : credential;
}

/** `?key=`: beacons can send no header. What stands in an address is read by many, so it is for keys that are no secret. */
function keyInAddress(context: ParameterizedContext): string | undefined {
  const key = context.querystring === '' ? null : new URLSearchParams(context.querystring).get('key');
  if (key === null) return undefined;
  if (!key.startsWith(PUBLISHABLE)) throw unauthorized('Only a publishable key may stand in an address; send this one in a header.');
  return key;
}

function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

/** What is wrong with KAISEKI_API_KEYS where everybody on the network would be let in unasked; undefined where these settings may be listened with. */
export function exposureProblem({
  host,
  apiKeys,
  allowAnonymous,
}: Pick<AccessSettings, 'host' | 'apiKeys' | 'allowAnonymous'>): string | undefined {
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
