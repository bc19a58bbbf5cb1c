/** From which address a request comes, where proxies stand before the server. */
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/** Of an IPv6 address with a zone and a port. */
const ADDRESS_CHARACTERS_MAX = 64;
/** Of an IPv6 address, the part that a provider gives to one customer as a whole: 64 bits. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;
/** What stands before an IPv4 address that is written as an IPv6 one (RFC 4291, section 2.5.5.2). */
const MAPPED = ['0', '0', '0', '0', '0', 'ffff'];

/**
 * The client's address, an IPv6 one as its network, so that a customer has one and not 2^64.
 * @param proxies how many proxies of one's own add the address that they see to X-Forwarded-For; what stands further left
 * there was written by the client
 */
export function clientAddress(request: IncomingMessage, proxies: number): string {
  const seen = request.socket.remoteAddress ?? '';
  const forwarded = request.headers['x-forwarded-for'];
  if (proxies === 0 || forwarded === undefined) return networkOf(seen);
  const hops = String(forwarded).split(',');
  const hop = hops[Math.max(0, hops.length - proxies)] ?? '';
  // A proxy that says nothing stands for itself: an empty name would be one for all clients.
  return networkOf(withoutPort(hop.trim().slice(0, ADDRESS_CHARACTERS_MAX)) || seen);
}

/** Some proxies write the port too: `192.0.2.1:5000`, `[2001:db8::1]:5000`. */
function withoutPort(address: string): string {
  if (address.startsWith('[')) return address.slice(1, address.indexOf(']'));
  const colon = address.indexOf(':');
  return colon === address.lastIndexOf(':') && colon > 0 ? address.slice(0, colon) : address;
}

/** However the address is written, its network has one spelling. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  // A zone says which of this machine's own networks it is.
  const [plain = ''] = address.split('%');
  // A URL spells addresses in one way (RFC 5952): lower case, no leading zeros, IPv4 within IPv6 in groups.
  const groups = groupsOf(URL.parse(`http://[${plain}]`)?.hostname.slice(1, -1) ?? plain);
  if (groups.slice(0, MAPPED.length).join(':') === MAPPED.join(':')) return groups.slice(MAPPED.length).flatMap(bytesOf).join('.');
  return `${groups.slice(0, NETWORK_GROUPS).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, with the zeros that `::` stands for. */
function groupsOf(address: string): readonly string[] {
  const [head = [], tail = []] = address.split('::').map((part) => (part === '' ? [] : part.split(':')));
  return [...head, ...Array.from({ length: GROUPS - head.length - tail.length }, () => '0'), ...tail];
}

function bytesOf(group: string): readonly number[] {
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 0xff];
}
