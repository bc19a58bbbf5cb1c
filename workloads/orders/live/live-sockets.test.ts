import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ManualClock } from '#platform/clock/manual-clock.testing.ts';
import { keyCheck } from '#platform/http/access.ts';
import { Origins } from '#platform/http/origins.ts';
import { createProgramMetrics } from '../../metrics.ts';
import { DEFAULT_MENU, Menu } from '../menu.ts';
import { until } from '../orders.testing.ts';
import { refusal, TestViewer, view } from './live.testing.ts';
import { liveAdmission } from './live-admission.ts';
import { LiveBoard } from './live-board.ts';
import { LiveHub } from './live-hub.ts';
import { LiveSockets } from './live-sockets.ts';

const READ_KEY = 'read-key-0123456789';
const PING_MS = 30_000;

interface Options {
  readonly viewersMax?: number;
  readonly origins?: readonly string[];
  readonly keys?: boolean;
  readonly isReady?: () => boolean;
}

/** The sockets on a real server, with a clock that the test moves. */
async function serveSockets({ viewersMax = 10, origins = [], keys = false, isReady = () => true }: Options = {}) {
  const clock = new ManualClock();
  const metrics = createProgramMetrics().orders.live;
  const menu = new Menu(DEFAULT_MENU);
  const board = new LiveBoard();
  const hub = new LiveHub({ menu, board, stream: 's1', today: () => '2026-01-15', metrics });
  const apiKeys = keys
    ? ([
        { role: 'read', key: READ_KEY },
        { role: 'ingest', key: 'ingest-key-0123456789' },
      ] as const)
    : [];
  const settings = { viewersMax };
  const sockets = new LiveSockets({
    hub,
    origins: new Origins(origins),
    checkKey: keyCheck({ apiKeys }),
    admit: liveAdmission({
      menu,
      settings,
      viewers: () => hub.viewers,
      pin: { mustFit: () => undefined },
      isReady,
      stopping: new AbortController().signal,
      metrics,
    }),
    clock,
    metrics,
  });
  const server = createServer();
  sockets.start(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  onTestFinished(async () => {
    const stopped = sockets.stop();
    while (clock.sleeping > 0) {
      clock.advance(5_000);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    await stopped;
    server.close();
  });
  const viewers = async () => (await metrics.viewers.get()).values.find(({ labels }) => labels.transport === 'websocket')?.value ?? 0;
  const skipped = async () => (await metrics.skipped.get()).values[0]?.value ?? 0;
  const refused = async () =>
    Object.fromEntries((await metrics.refused.get()).values.map(({ labels, value }) => [String(labels.reason), value]));
  return { server, refused, skipped, url: `http://127.0.0.1:${port}`, port, sockets, hub, board, clock, viewers };
}

const protocolOf = (key: string) => ['kaiseki', `key.${Buffer.from(key).toString('base64url')}`];

describe('LiveSockets', () => {
  it('sends a snapshot and then changes', async () => {
    const { url, hub, board } = await serveSockets();
    const viewer = await view(url, 'snack');
    board.take({ shard: 0, nextOffset: 1, totals: [{ period: 'all', name: 'kinoko', figures: { orders: 5, users: 2 } }] });
    hub.round();
    await until(async () => viewer.orders('kinoko') === 5);
    expect(viewer.heard.map(({ type, sequence }) => [type, sequence])).toEqual([
      ['snapshot', 0],
      ['change', 1],
    ]);
  });

  it('skips one that does not read, keeps little for it, and shows it where things stand once it reads again', async () => {
    const { url, hub, board, skipped } = await serveSockets();
    const slow = await view(url, 'snack');
    const quick = await view(url, 'snack');
    slow.socket.pause();
    let orders = 0;
    const round = () => {
      orders++;
      board.take({ shard: 0, nextOffset: orders, totals: [{ period: 'all', name: 'kinoko', figures: { orders, users: 1 } }] });
      hub.round();
    };
    // The two ends of a connection hold some megabytes before anything stands in its way.
    while ((await skipped()) === 0) {
      for (let turn = 0; turn < 500; turn++) round();
      await until(async () => quick.orders('kinoko') === orders);
    }
    for (let turn = 0; turn < 500; turn++) round();
    slow.socket.resume();
    await until(async () => {
      round();
      return slow.heard.some(({ type, sequence }) => type === 'snapshot' && sequence > 0);
    });
    await until(async () => slow.orders('kinoko') === orders);
    expect(slow.heard.length).toBeLessThan(quick.heard.length);
    const sequences = quick.heard.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, index) => index));
  });

  it('knows no other path and no other dimension', async () => {
    const { url, refused } = await serveSockets();
    expect(await refusal(url, 'drinks')).toMatchObject({ status: 404 });
    expect(await refusal(`${url}/elsewhere`, 'snack')).toMatchObject({ status: 404 });
    expect(await refused()).toEqual({ 'not-found': 2 });
  });

  it('refuses pages of other sites, save those on the list', async () => {
    const { url } = await serveSockets({ origins: ['https://shop.example'] });
    for (const origin of ['https://evil.example', 'null', 'https://shop.example.evil.example', 'http://shop.example'])
      expect(await refusal(url, 'snack', [], { origin })).toMatchObject({ status: 403 });
    for (const origin of ['https://shop.example', 'HTTPS://Shop.example:443', url, url.toUpperCase()]) {
      const viewer = new TestViewer(url, 'snack', [], { origin });
      await until(async () => viewer.heard.length > 0);
    }
  });

  it('asks for a key that may read where there are keys: as a protocol or as a header', async () => {
    const { url } = await serveSockets({ keys: true });
    expect(await refusal(url, 'snack')).toMatchObject({ status: 401 });
    expect(await refusal(url, 'snack', protocolOf('not-the-key-0123456789'))).toMatchObject({ status: 401 });
    expect(await refusal(url, 'snack', protocolOf('ingest-key-0123456789'))).toMatchObject({ status: 403 });
    const viewer = await view(url, 'snack', protocolOf(READ_KEY));
    expect(viewer.socket.protocol).toBe('kaiseki');
    const byHeader = new TestViewer(url, 'snack', [], { authorization: `Bearer ${READ_KEY}` });
    await until(async () => byHeader.heard.length > 0);
  });

  it('has room for so many, and for another once one has left', async () => {
    const { url, viewers } = await serveSockets({ viewersMax: 2 });
    const [first] = [await view(url, 'snack'), await view(url, 'cuisine')];
    expect(await refusal(url, 'snack')).toEqual({ status: 503, kind: 'overloaded', retryAfter: '5' });
    first.socket.close();
    await until(async () => (await viewers()) === 1);
    await view(url, 'snack');
  });

  it('lets nobody in before there are totals', async () => {
    const { url } = await serveSockets({ isReady: () => false });
    expect(await refusal(url, 'snack')).toEqual({ status: 503, kind: 'unavailable', retryAfter: '1' });
  });

  it('tells its viewers to come back when it stops', async () => {
    const { url, sockets, clock } = await serveSockets();
    const viewer = await view(url, 'snack');
    const stopped = sockets.stop();
    await until(async () => viewer.closed !== undefined);
    expect(viewer.closed).toBe(1012);
    clock.advance(5_000);
    await stopped;
  });

  it('keeps those who answer a ping, and drops those who do not', async () => {
    const { url, clock, viewers } = await serveSockets();
    const lively = await view(url, 'snack');
    let pings = 0;
    lively.socket.on('ping', () => pings++);
    const mute = connect(Number(new URL(url).port), '127.0.0.1');
    onTestFinished(() => void mute.destroy());
    const closed = once(mute.resume(), 'close');
    mute.write(
      `GET /live?dimension=snack HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
    );
    await until(async () => (await viewers()) === 2);
    clock.advance(PING_MS);
    await until(async () => pings === 1);
    // The pong of the lively one has to arrive before the next ping is due.
    lively.socket.ping();
    await once(lively.socket, 'pong');
    clock.advance(PING_MS);
    await until(async () => (await viewers()) < 2);
    await until(async () => pings === 2);
    expect(lively.closed).toBeUndefined();
    expect(await closed).toBeDefined();
  });

  it('survives garbage: what is no frame, what is too long, and what is no WebSocket at all', async () => {
    const { url, port } = await serveSockets();
    const viewer = await view(url, 'snack');
    viewer.socket.send('x'.repeat(5_000));
    await until(async () => viewer.closed !== undefined);
    expect(viewer.closed).toBe(1009);
    const talkative = await view(url, 'snack');
    talkative.socket.send('hello');
    await until(async () => talkative.closed !== undefined);
    expect(talkative.closed).toBe(1008);
    const polite = await view(url, 'snack');

    for (const bytes of [
      'GET /live?dimension=snack HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      'GET // HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    ]) {
      const socket = connect(port, '127.0.0.1');
      socket.end(bytes);
      const chunks: Buffer[] = [];
      for await (const chunk of socket) chunks.push(chunk);
      expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 4\d\d /);
    }
    const broken = connect(port, '127.0.0.1');
    broken.write(
      `GET /live?dimension=snack HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
    );
    await once(broken, 'data');
    broken.write(Buffer.alloc(64, 0xff));
    await once(broken.resume(), 'close');
    expect(polite.closed).toBeUndefined();
    await view(url, 'snack');
  });

  it('closes the connection of a client that it refuses, whether or not that one closes its half', async () => {
    const { server, port } = await serveSockets();
    const upgraded = once(server, 'upgrade') as Promise<[IncomingMessage, Duplex]>;
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    onTestFinished(() => void client.destroy());
    client.write('GET /nowhere HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    const [, socket] = await upgraded;
    const [answer] = await once(client, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 404 /);
    await until(async () => socket.destroyed);
  });
});
