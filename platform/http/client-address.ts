/** From which address a request comes, where proxies stand before the server. */
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/** Of an IPv6 address with a zone and a port. */
const ADDRESS_CHARACTERS_MAX = 64;
/** Of an IPv6 address, the part that a provider gives to one customer as a whole: 64 bits. */
const NETWORK_GROUPS = 4;

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
  return networkOf(withoutPort(hops[Math.max(0, hops.length - proxies)]?.trim().slice(0, ADDRESS_CHARACTERS_MAX) ?? seen));
}

/** Some proxies write the port too: `192.0.2.1:5000`, `[2001:db8::1]:5000`. */
function withoutPort(address: string): string {
  if (address.startsWith('[')) return address.slice(1, address.indexOf(']'));
  const colon = address.indexOf(':');
  return colon === address.lastIndexOf(':') && colon > 0 ? address.slice(0, colon) : address;
}

function networkOf(address: string): string {
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  // The zeros that `::` stands for lie in the network's part as far as what is written before it does not fill that.
  const zeros = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...(tail ? tail.split(':') : [])];
  return `${all.slice(0, NETWORK_GROUPS).join(':')}::/64`;
}
