/**
 * For which hosts a server on loopback answers. A page of any site may point its own name at 127.0.0.1 (DNS rebinding); its
 * requests then look to the visitor's browser, and to the check of a page's origin, as if they stayed with that site. Only
 * the Host header gives them away.
 */
import type { Middleware } from 'koa';
import { type AccessSettings, isLoopback } from './access.ts';
import { unknownCoding } from './parser-errors.ts';
import { HttpProblem } from './problem.ts';

/** Longer than any name or address with a port. */
const HOST_CHARACTERS_MAX = 300;

/** Whether a request with this Host header is meant for this server. */
export type HostCheck = (host: string | undefined) => boolean;

/**
 * The check of these settings. A server with keys asks for one, and one beyond loopback is reached by names that it cannot
 * know: both answer for any host. So does one that lets in anybody by name, as behind a proxy on this machine.
 */
export function hostCheck({ host, apiKeys, allowAnonymous }: Pick<AccessSettings, 'host' | 'apiKeys' | 'allowAnonymous'>): HostCheck {
  if (!isLoopback(host) || apiKeys.length > 0 || allowAnonymous) return () => true;
  // Every browser sends the header; HTTP/1.0, whose probes may not, knows none.
  return (sent) => sent === undefined || isLoopback(nameIn(sent));
}

/**
 * Lets requests through that are meant for this server, and of which it and a proxy before it understand the same: others
 * get 421 Misdirected Request (RFC 9110, section 15.5.20), 400 without exactly one Host (RFC 9112, section 3.2), and 501
 * for a transfer coding that would be passed over.
 */
export function refuseOtherHosts(isMine: HostCheck): Middleware {
  return (context, next) => {
    const { headers, httpVersion } = context.req;
    const hosts = hostsIn(context.req.rawHeaders);
    if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) {
      throw new HttpProblem('malformed', `The request has ${hosts} Host headers; it must have one.`);
    }
    const coding = headers['transfer-encoding'];
    if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
      context.res.shouldKeepAlive = false;
      throw unknownCoding();
    }
    if (isMine(headers.host)) return next();
    throw new HttpProblem(
      'misdirected',
      `This server answers for localhost, not for ${headers.host}. Behind a proxy, set KAISEKI_API_KEYS or KAISEKI_ALLOW_ANONYMOUS=true.`,
    );
  };
}

/** How many Host headers there are: of several, Node shows the first, and a proxy may have gone by another. */
export function hostsIn(rawHeaders: readonly string[]): number {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts;
}

/** The name or address in a Host header, without the port and the brackets; empty where it is none. */
function nameIn(host: string): string {
  if (host.length > HOST_CHARACTERS_MAX) return '';
  const [, address, name] = /^(?:\[([\da-f:.]+)\]|([^:@/[\]]+))(?::\d*)?$/i.exec(host) ?? [];
  return (address ?? name ?? '').toLowerCase();
}
