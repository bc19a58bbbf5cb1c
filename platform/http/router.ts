/** Routes as koa middleware. */
import Router, { type RouterContext } from '@koa/router';
import type { Middleware, ParameterizedContext } from 'koa';
import type { AccessCheck } from './access.ts';
import { type Caller, setCaller } from './caller.ts';
import { queryParameters } from './parameters.ts';
import { HttpProblem } from './problem.ts';
import type { Route } from './route.ts';

/** The pattern of the route that a request matched, kept for metrics and the access log. */
export const ROUTE = 'route';

/** Dispatches to the routes; what none of them matches goes on to the next middleware. */
export function routesMiddleware(routes: readonly Route[], checkAccess: AccessCheck): Middleware {
  const router = new Router({ sensitive: true });
  for (const route of routes) {
    router[route.method](route.path, (context) => {
      context.state[ROUTE] = route.path;
      const caller = checkAccess(context, route.role);
      return caller instanceof Promise ? caller.then((known) => handle(route, context, known)) : handle(route, context, caller);
    });
  }
  return router.routes() as Middleware;
}

function handle(route: Route, context: RouterContext, caller: Caller): Promise<void> {
  setCaller(context, caller);
  return route.handle(context, rawParameters(context, context.params));
}

/** The last middleware: 405 where another method would have matched, else 404. */
export function nothingMatched(context: ParameterizedContext): never {
  const methods = new Set((context.matched as readonly { methods: readonly string[] }[]).flatMap((layer) => layer.methods));
  if (methods.size === 0) throw new HttpProblem('not-found', `There is nothing at ${context.path}.`);
  throw methodNotAllowed(context.path, [...methods]);
}

/** 405, with the methods that there are. */
export function methodNotAllowed(path: string, methods: readonly string[]): HttpProblem {
  const allowed = methods.join(', ');
  return new HttpProblem('method-not-allowed', `${path} takes ${allowed}.`, { headers: { Allow: allowed } });
}

/** Path parameters win over query parameters of the same name. */
function rawParameters(context: ParameterizedContext, params: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  for (const text of Object.values(params)) mustBeDecoded(context.path, text);
  return context.querystring === '' ? params : { ...queryParameters(context.querystring), ...params };
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
