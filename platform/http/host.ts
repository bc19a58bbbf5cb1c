/**
 * For which hosts a server on loopback answers. A page of any site may point its own name at 127.0.0.1 (DNS rebinding); its
 * requests then look to the visitor's browser, and to the check of a page's origin, as if they stayed with that site. Only
 * the Host header gives them away.
 */
import type { Middleware } from 'koa';
import { type AccessSettings, isLoopback } from './access.ts';
import { HttpProblem } from './problem.ts';

/** Whether a request with this Host header is meant for this server. */
export type HostCheck = (host: string | undefined) => boolean;

/**
 * The check of these settings. A server with keys asks for one, and one beyond loopback is reached by names that it cannot
 * know: both answer for any host. So does one that lets in anybody by name, as behind a proxy on this machine.
 */
export function hostCheck({ host, apiKeys, allowAnonymous }: AccessSettings): HostCheck {
  if (!isLoopback(host) || apiKeys.length > 0 || allowAnonymous) return () => true;
  // Every browser sends the header; HTTP/1.0, whose probes may not, knows none.
  return (sent) => sent === undefined || isLoopback(nameIn(sent));
}

/** Answers requests that are meant for another server with 421 Misdirected Request (RFC 9110, section 15.5.20). */
export function refuseOtherHosts(isMine: HostCheck): Middleware {
  return async (context, next) => {
    const { host } = context.req.headers;
    if (isMine(host)) return next();
    throw new HttpProblem(
      'misdirected',
      `This server answers for localhost, not for ${host}. Behind a proxy, set KAISEKI_API_KEYS or KAISEKI_ALLOW_ANONYMOUS=true.`,
    );
  };
}

/** The name or address in a Host header, without the port and the brackets; empty where it is none. */
function nameIn(host: string): string {
  const [, address, name] = /^(?:\[([\da-f:.]+)\]|([^:@/[\]]+))(?::\d*)?$/i.exec(host) ?? [];
  return (address ?? name ?? '').toLowerCase();
}
