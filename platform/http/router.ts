/** Routes as koa middleware. */
import Router from '@koa/router';
import type { Middleware, ParameterizedContext } from 'koa';
import { type KeyCheck, presentedKey } from './access.ts';
import { HttpProblem } from './problem.ts';
import type { Route } from './route.ts';

/** The pattern of the route that a request matched, kept for metrics and the access log. */
export const ROUTE = 'route';

/** Dispatches to the routes; what none of them matches goes on to the next middleware. */
export function routesMiddleware(routes: readonly Route[], checkKey: KeyCheck): Middleware {
  const router = new Router({ sensitive: true });
  for (const route of routes) {
    router[route.method](route.path, (context) => {
      context.state[ROUTE] = route.path;
      checkKey(presentedKey(context.req), route.role);
      return route.handle(context, rawParameters(context, context.params));
    });
  }
  return router.routes() as Middleware;
}

/** The last middleware: 405 where another method would have matched, else 404. */
export function nothingMatched(context: ParameterizedContext): never {
  const methods = new Set((context.matched as readonly { methods: readonly string[] }[]).flatMap((layer) => layer.methods));
  if (methods.size === 0) throw new HttpProblem('not-found', `There is nothing at ${context.path}.`);
  const allowed = [...methods].join(', ');
  throw new HttpProblem('method-not-allowed', `${context.path} takes ${allowed}.`, { headers: { Allow: allowed } });
}

/** Path parameters win over query parameters of the same name. */
function rawParameters(context: ParameterizedContext, params: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  for (const text of Object.values(params)) mustBeDecoded(context.path, text);
  return context.querystring === '' ? params : { ...context.query, ...params };
}

/** The router hands a path parameter on as it was sent when it cannot be decoded: `%ZZ` would become somebody's id. */
function mustBeDecoded(path: string, text: string): void {
  if (!text.includes('%')) return;
  try {
    decodeURIComponent(path);
  } catch {
    throw new HttpProblem('malformed', `${path} is not percent-encoded UTF-8.`);
  }
}
