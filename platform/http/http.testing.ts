/** What tests of routes share: a real server on a free port, and requests whose answers are held against what the route declares. */

import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { createMetrics, type Metrics } from '#platform/metrics/metrics.ts';
import { PROBLEM_TYPE, problemSchema } from './problem.ts';
import type { Route } from './route.ts';
import { createHttpServer, DEFAULT_HTTP_LIMITS, type HttpServer, type HttpServerOptions, type HttpSettings } from './server.ts';

export interface TestServer {
  readonly http: HttpServer;
  readonly url: string;
  readonly metrics: Metrics;
}

/** Alone on this machine, without keys. */
export const LOOPBACK: HttpSettings = {
  host: '127.0.0.1',
  port: 0,
  metricsPort: undefined,
  basePath: '',
  keepAlive_ms: 65_000,
  apiKeys: [],
  allowAnonymous: false,
  origins: [],
  publishableKeys: [],
  idTokens: undefined,
  pageLimits: { perUser: 60, perAddress: 600, perDay: 1_000 },
  proxies: 0,
};

/** Serves routes until the test has ended. */
export async function serve(routes: readonly Route[], options: Partial<HttpServerOptions> = {}): Promise<TestServer> {
  const metrics = options.metrics ?? createMetrics();
  const http = createHttpServer({
    settings: LOOPBACK,
    limits: { ...DEFAULT_HTTP_LIMITS, stop_ms: 1_000 },
    routes,
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    ...options,
    metrics,
  });
  const url = await http.listen();
  onTestFinished(() => http.stop());
  return { http, url, metrics };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body where it is JSON. */
  readonly json: unknown;
}

/**
 * Asks a server and checks that its answer is one that the route declares: the status, the content type, and the body by
 * its schema. Errors that any route may give need only be problems.
 */
export async function ask(url: string, routes: readonly Route[], path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(new URL(path, url), init);
  const text = await response.text();
  const type = (response.headers.get('content-type') ?? '').split(';')[0] as string;
  const json: unknown = type === 'application/json' || type === PROBLEM_TYPE ? JSON.parse(text) : undefined;
  if (type === PROBLEM_TYPE) {
    const problem = problemSchema.parse(json);
    if (problem.status !== response.status) throw new Error(`a problem of status ${problem.status} came with ${response.status}`);
  }
  mustBeDeclared(routeOf(routes, path, init.method ?? 'GET'), response.status, type, json);
  return { status: response.status, headers: response.headers, text, json };
}

/** Answers that every route may give without declaring them. */
const ANY_ROUTE = new Set([400, 401, 403, 404, 405, 413, 415, 421, 422, 429, 500, 503]);

function mustBeDeclared(route: Route | undefined, status: number, type: string, json: unknown): void {
  const declared = route?.responses[status];
  if (!declared) {
    if (type === PROBLEM_TYPE && ANY_ROUTE.has(status)) return;
    throw new Error(`${route?.path ?? 'no route'} answered ${status} ${type}, which it does not declare`);
  }
  if (!Object.hasOwn(declared.content, type)) throw new Error(`${route.path} answered ${status} with ${type}, which it does not declare`);
  declared.content[type]?.parse(json);
}

function routeOf(routes: readonly Route[], path: string, method: string): Route | undefined {
  const { pathname } = new URL(path, 'http://localhost');
  return routes.find((route) => {
    const pattern = new RegExp(`^${route.path.replace(/:\w+/g, '[^/]+')}$`);
    return pattern.test(pathname) && route.method === method.toLowerCase();
  });
}
