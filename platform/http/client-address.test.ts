import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { clientAddress } from './client-address.ts';

/** The address that a server sees behind so many proxies of its own. */
async function given(proxies: number) {
  const server = createServer((request, response) => response.end(clientAddress(request, proxies)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return async (forwarded?: string) => {
    const headers = forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded };
    const [response] = (await once(get({ port, host: '127.0.0.1', headers }), 'response')) as [IncomingMessage];
    return Buffer.concat(await response.toArray()).toString();
  };
}

it('is the one that connects, whatever it says, where no proxy stands before', async () => {
  const address = await given(0);
  expect(await address()).toBe('127.0.0.1');
  expect(await address('192.0.2.1')).toBe('127.0.0.1');
});

it('is the one that one’s own proxies saw; further left stands what a client likes to write', async () => {
  const one = await given(1);
  expect(await one('203.0.113.9, 192.0.2.1')).toBe('192.0.2.1');
  expect(await one('192.0.2.1:5000')).toBe('192.0.2.1');
  expect(await one()).toBe('127.0.0.1');
  const two = await given(2);
  expect(await two('203.0.113.9, 192.0.2.1, 10.0.0.1')).toBe('192.0.2.1');
  expect(await two('192.0.2.1')).toBe('192.0.2.1');
  expect((await one('x'.repeat(10_000))).length).toBeLessThan(100);
});

it('is a network of IPv6: a customer has many addresses and is one', async () => {
  const one = await given(1);
  expect(await one('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
  expect(await one('[2001:db8:1:2::9]:443')).toBe('2001:db8:1:2::/64');
  expect(await one('2001:db8::9')).toBe('2001:db8:0:0::/64');
  expect(await one('::1')).toBe('0:0:0:0::/64');
  expect(await one('fe80::1:2:3:4%eth0')).toBe('fe80:0:0:0::/64');
});

it('is one, however it is written', async () => {
  const one = await given(1);
  for (const written of ['2001:DB8:0001:2::9', '2001:0db8:1:0002:0:0:0:9', '[2001:db8:1:2::9]:443']) {
    expect(await one(written)).toBe('2001:db8:1:2::/64');
  }
  for (const written of [
    '::ffff:192.0.2.1',
    '::FFFF:192.0.2.1',
    '0:0:0:0:0:ffff:192.0.2.1',
    '0:0::ffff:c000:201',
    '[::FFFF:c000:0201]:5000',
  ]) {
    expect(await one(written)).toBe('192.0.2.1');
  }
});

it('is the one that connects, where the proxy says nothing', async () => {
  const one = await given(1);
  for (const nothing of ['', ' ', '192.0.2.1,', '[', '[]:80']) expect(await one(nothing)).toBe('127.0.0.1');
});
