/** A path in front of all others, where a proxy shares its host among several programs: `/kaiseki`. */
import type { IncomingMessage, RequestListener } from 'node:http';

/**
 * Takes the base path off a request. Without it, a request is understood as well: many proxies take it off themselves.
 * @param basePath begins with a slash and does not end with one; empty: there is none
 */
export function withoutBase(url: string, basePath: string): string {
  if (basePath === '' || !url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  return rest.startsWith('/') ? rest : rest === '' || rest.startsWith('?') ? `/${rest}` : url;
}

/** Listens to requests with and without the base path. */
export function behindBase(basePath: string, listener: RequestListener): RequestListener {
  if (basePath === '') return listener;
  return (request, response) => {
    if (isBaseItself(request, basePath)) {
      // The pages' addresses are relative: without the slash they would lead out of here.
      response.writeHead(308, { Location: `${basePath}/` }).end();
      return;
    }
    request.url = withoutBase(request.url ?? '/', basePath);
    listener(request, response);
  };
}

function isBaseItself({ method, url }: IncomingMessage, basePath: string): boolean {
  return url === basePath && (method === 'GET' || method === 'HEAD');
}
