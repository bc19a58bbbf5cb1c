/** What happens around every request: its id, its headers, its errors as problems, its metrics and its line in the log. */
import { randomUUID } from 'node:crypto';
import type { Middleware, ParameterizedContext } from 'koa';
import type { Logger } from 'pino';
import type { Clock } from '#platform/clock/clock.ts';
import { statusClass } from '#platform/metrics/http-metrics.ts';
import type { Metrics } from '#platform/metrics/metrics.ts';
import { callerOf } from './caller.ts';
import { compress } from './compression.ts';
import { HttpProblem, PROBLEM_TYPE } from './problem.ts';
import { ROUTE } from './router.ts';
import type { UnreadAnswers } from './unread.ts';

export interface AnsweringOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Aborted when the server is stopping: answers then ask for their connection to be closed. */
  readonly stopping: AbortSignal;
  readonly unread: UnreadAnswers;
}

/** On every answer; pages and documentation loosen the last two for themselves. */
const HEADERS = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Cache-Control', 'no-store'],
] as const;

/** Any other one would let a client make up labels. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The outermost middleware. */
export function answering({ clock, logger, metrics, stopping, unread }: AnsweringOptions): Middleware {
  let inFlight = 0;
  metrics.beforeRender(() => metrics.http.inFlight.set(inFlight));
  return async (context, next) => {
    const started_ms = clock.monotonic_ms();
    const requestId = requestIdOf(context);
    const { res } = context;
    inFlight++;
    res.once('close', () => {
      inFlight--;
      const duration_ms = clock.monotonic_ms() - started_ms;
      const method = METHODS.has(context.method) ? context.method : 'other';
      // The pattern, or `none`: never the path, which names users.
      const route = String(context.state[ROUTE] ?? 'none');
      const labels = { method, route, status: statusClass(res.statusCode) };
      metrics.http.requests.inc(labels);
      metrics.http.duration.observe(labels, duration_ms / 1_000);
      if (logger.isLevelEnabled('debug')) {
        const { name: caller } = callerOf(context);
        logger.debug({ requestId, method, path: context.path, route, status: res.statusCode, duration_ms, caller }, 'answered');
      }
    });
    res.setHeader('X-Request-Id', requestId);
    for (const [name, value] of HEADERS) res.setHeader(name, value);
    try {
      await next();
      if (typeof context.body === 'string') unread.hold(res, context.body);
      const compressing = compress(context);
      if (compressing) await compressing;
    } catch (error) {
      answerProblem(context, error, requestId, logger);
    }
    if (stopping.aborted) res.shouldKeepAlive = false;
  };
}

/** The caller's own id of the request where it has a harmless one, so that logs of several services meet. */
function requestIdOf(context: ParameterizedContext): string {
  const sent = context.req.headers['x-request-id'];
  return typeof sent === 'string' && /^[\w.:-]{1,128}$/.test(sent) ? sent : randomUUID();
}

function answerProblem(context: ParameterizedContext, error: unknown, requestId: string, logger: Logger): void {
  const problem = error instanceof HttpProblem ? error : new HttpProblem('internal', 'The log of the server says more.', { cause: error });
  if (problem.kind === 'internal')
    logger.error({ err: problem.cause, requestId, method: context.method, path: context.path }, 'a request failed');
  else if (problem.kind === 'unavailable') logger.warn({ err: problem.cause, requestId, path: context.path }, problem.message);
  context.status = problem.status;
  for (const [name, value] of Object.entries(problem.extras.headers ?? {})) context.set(name, value);
  context.set('Content-Type', PROBLEM_TYPE);
  context.body = JSON.stringify(problem.body(context.path, requestId));
}
