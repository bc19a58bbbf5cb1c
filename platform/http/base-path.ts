/** A path in front of all others, where a proxy shares its host among several programs: `/kaiseki`. */
import type { Middleware } from 'koa';

/**
 * Takes the base path off a request. Without it, a request is understood as well: many proxies take it off themselves.
 * @param basePath begins with a slash and does not end with one; empty: there is none
 */
export function withoutBase(url: string, basePath: string): string {
  if (basePath === '' || !url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  return rest.startsWith('/') ? rest : rest === '' || rest.startsWith('?') ? `/${rest}` : url;
}

/** Takes requests with and without the base path. */
export function behindBase(basePath: string): Middleware {
  return (context, next) => {
    const rest = context.url.startsWith(basePath) ? context.url.slice(basePath.length) : undefined;
    const isBaseItself = rest === '' || rest?.startsWith('?');
    if (isBaseItself && (context.method === 'GET' || context.method === 'HEAD')) {
      // The pages' addresses are relative: without the slash they would lead out of here.
      context.status = 308;
      context.set('Location', `${basePath}/${rest}`);
      return Promise.resolve();
    }
    context.url = withoutBase(context.url, basePath);
    return next();
  };
}
