/** A viewer for tests: a real WebSocket connection, and what it has been told. */
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { until } from '../orders.testing.ts';
import type { SegmentTotal } from './live-board.ts';
import type { LivePush } from './live-message.ts';

export class TestViewer {
  readonly socket: WebSocket;
  readonly heard: LivePush[] = [];
  readonly #totals = new Map<string, SegmentTotal>();
  closed: number | undefined;

  constructor(url: string, dimension: string, protocols: readonly string[] = [], headers: Record<string, string> = {}) {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/live?dimension=${dimension}`, [...protocols], { headers });
    this.socket.on('message', (data) => {
      const push: LivePush = JSON.parse(String(data));
      this.heard.push(push);
      for (const total of push.all) this.#totals.set(total.segment, total);
    });
    this.socket.on('close', (code) => {
      this.closed = code;
    });
    onTestFinished(() => this.socket.terminate());
  }

  /** Orders of a segment over all time, as this viewer would show them. */
  orders(segment: string): number {
    return this.#totals.get(segment)?.orders ?? 0;
  }

  users(segment: string): number {
    return this.#totals.get(segment)?.users ?? 0;
  }
}

/** Resolves when viewers are let in. */
export async function whenLive(url: string): Promise<void> {
  await until(async () => {
    const closing = new AbortController();
    const { status } = await fetch(`${url}/live/stream?dimension=snack`, { signal: closing.signal });
    closing.abort();
    return status === 200;
  });
}

/** Connects and waits for the snapshot. */
export async function view(url: string, dimension: string, protocols: readonly string[] = []): Promise<TestViewer> {
  const viewer = new TestViewer(url, dimension, protocols);
  await until(async () => viewer.heard.length > 0);
  return viewer;
}

/** The status with which a connection is refused, and the problem in its body. */
export async function refusal(
  url: string,
  dimension: string,
  protocols: readonly string[] = [],
  headers: Record<string, string> = {},
): Promise<{ readonly status: number; readonly kind: string; readonly retryAfter: string | undefined }> {
  const { socket } = new TestViewer(url, dimension, protocols, headers);
  socket.on('error', () => undefined);
  const [, response] = await once(socket, 'unexpected-response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const problem: { readonly type: string } = JSON.parse(Buffer.concat(chunks).toString());
  return {
    status: response.statusCode,
    kind: problem.type.split(':').at(-1) ?? '',
    retryAfter: response.headers['retry-after'],
  };
}
