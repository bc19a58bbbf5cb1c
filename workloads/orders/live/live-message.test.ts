import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { textFrame } from './live-message.ts';

/** What a real client reads from frames written one after the other. */
async function read(frames: readonly Buffer[]): Promise<string[]> {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, connection, head) =>
    sockets.handleUpgrade(request, connection, head, (socket) => {
      for (const frame of frames) connection.write(frame);
      socket.close();
    }),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const texts: string[] = [];
  client.on('message', (data) => texts.push(String(data)));
  await once(client, 'close');
  return texts;
}

describe('textFrame', () => {
  it('is a whole frame of any length that there is', async () => {
    const texts = [0, 1, 125, 126, 127, 128, 65_535].map((bytes) => 'x'.repeat(bytes));
    expect(await read(texts.map(textFrame))).toEqual(texts);
  });

  it('counts bytes, not characters', async () => {
    const text = 'きのこ'.repeat(40);
    expect(await read([textFrame(text)])).toEqual([text]);
  });

  it('refuses what no menu reaches', () => {
    expect(() => textFrame('x'.repeat(65_536))).toThrow(RangeError);
  });
});
