/**
 * Pages of other origins: which of them may ask this server, and what their browsers must be told so that they do (CORS, as
 * the Fetch standard has it). What a page may do is not decided here but by the key or token that it sends.
 */
import type { Middleware, ParameterizedContext } from 'koa';
import { HttpProblem } from './problem.ts';
import { ROUTE } from './router.ts';

/** Longer than any origin: the name of a host has 253 characters at the most. */
const ORIGIN_CHARACTERS_MAX = 300;
/** How long a browser may remember what a preflight was told, in seconds. Chromium remembers no longer. */
const PREFLIGHT_S = 7_200;

const PREFLIGHT_HEADERS = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, Content-Encoding, If-None-Match, X-API-Key, X-Request-Id',
  'Access-Control-Max-Age': String(PREFLIGHT_S),
};
/** Beside those that a script may read anyway. */
const EXPOSED_HEADERS = 'Content-Disposition, ETag, Retry-After, WWW-Authenticate, X-Request-Id';

const LISTED = 'listedOrigin';

/**
 * An origin in the one spelling that browsers use: in lower case, without the port that its scheme has anyway.
 * Undefined for what is no origin of a page on the web: `null`, other schemes, an address with a path.
 */
export function originOf(written: string): string | undefined {
  if (written.length > ORIGIN_CHARACTERS_MAX) return undefined;
  const url = URL.parse(written);
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return undefined;
  const { pathname, search, hash, username, password } = url;
  return pathname === '/' && `${search}${hash}${username}${password}` === '' ? url.origin : undefined;
}

/** Whether a page of `origin` is one of the server that is asked as `host`, whatever the case and with or without a default port. */
export function isOwnOrigin(origin: string, host: string | undefined): boolean {
  const page = originOf(origin);
  if (page === undefined || host === undefined) return false;
  // Behind a proxy, the scheme is known by the page alone.
  return originOf(`${page.slice(0, page.indexOf(':'))}://${host}`) === page;
}

/** Origins, each found in whatever spelling it is sent. */
export class Origins {
  readonly #origins: ReadonlySet<string>;

  /** @param origins as `originOf` spells them */
  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
  }

  get size(): number {
    return this.#origins.size;
  }

  has(sent: string): boolean {
    return this.#origins.has(sent) || this.#origins.has(originOf(sent) ?? '');
  }
}

/** Answers preflights, and lets pages of these origins read every answer, problems and streams too. */
export function crossOrigin(origins: Origins): Middleware {
  return (context, next) => {
    const { method, headers } = context.req;
    // A cache must not give one origin's answer to another.
    if (origins.size > 0) context.res.setHeader('Vary', 'Origin');
    if (headers.origin === undefined) return next();
    const isListed = origins.has(headers.origin);
    if (isListed) {
      context.state[LISTED] = true;
      context.res.setHeader('Access-Control-Allow-Origin', headers.origin);
      context.res.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS);
    }
    if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return next();
    context.state[ROUTE] = 'preflight';
    if (!isListed) throw notListed(headers.origin);
    context.set(PREFLIGHT_HEADERS);
    context.status = 204;
    return Promise.resolve();
  };
}

/** Lets no request of a page through that says that it is one, whatever its origin. */
export const refusePages: Middleware = ({ req: { headers } }, next) => {
  if (headers.origin === undefined) return next();
  throw new HttpProblem('forbidden', 'No page may ask here; this is for programs.');
};

/** Whether the request comes from a page of one of the origins. */
export function isFromListedOrigin(context: ParameterizedContext): boolean {
  return context.state[LISTED] === true;
}

/** The refusal of a page that is not listed. */
export function notListed(origin: string): HttpProblem {
  return new HttpProblem(
    'forbidden',
    `Pages of ${origin.slice(0, ORIGIN_CHARACTERS_MAX)} may not ask; KAISEKI_ORIGINS lists those that may.`,
  );
}
