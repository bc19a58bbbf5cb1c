/** Viewers over WebSocket: `/live?dimension=…`. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '#platform/clock/clock.ts';
import { type KeyCheck, presentedKey } from '#platform/http/access.ts';
import { answerOnSocket } from '#platform/http/on-socket.ts';
import { isOwnOrigin, notListed, type Origins } from '#platform/http/origins.ts';
import { HttpProblem } from '#platform/http/problem.ts';
import { countingRefusals, type LiveAdmission } from './live-admission.ts';
import type { LiveHub } from './live-hub.ts';
import type { LiveMetrics } from './live-metrics.ts';

const LIVE_PATH = '/live';
/** The protocol that a client names; a second one, `key.` and the base64url of its API key, lets it in where keys are on. */
const PROTOCOL = 'kaiseki';
const KEY_PROTOCOL = /^key\.([A-Za-z0-9_-]+)$/;
/** A viewer has nothing to say. */
const INCOMING_BYTES_MAX = 1_024;
/** Time between two pings, in milliseconds; a viewer that has not answered the last one is gone. */
const PING_MS = 30_000;
/** Close code of RFC 6455's registry: the service restarts, come back. */
const SERVICE_RESTART = 1012;
/** RFC 6455, section 7.4.1. */
const POLICY_VIOLATION = 1008;
/** How long a stop waits for viewers to close, in milliseconds. */
const CLOSE_MS = 2_000;

export interface LiveSocketsOptions {
  readonly hub: LiveHub;
  /** Whose pages may watch, beside this server's own. */
  readonly origins: Origins;
  /** Throws HttpProblem for a key that may not read. */
  readonly checkKey: KeyCheck;
  readonly admit: LiveAdmission;
  readonly clock: Clock;
  readonly metrics: LiveMetrics;
}

export class LiveSockets {
  readonly #options: LiveSocketsOptions;
  readonly #sockets: WebSocketServer;
  readonly #stopping = new AbortController();
  /** Those that have answered since the last ping. */
  readonly #alive = new WeakSet<WebSocket>();
  #pinging: Promise<void> = Promise.resolve();

  constructor(options: LiveSocketsOptions) {
    this.#options = options;
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: true,
      maxPayload: INCOMING_BYTES_MAX,
      perMessageDeflate: false,
      handleProtocols: (protocols) => (protocols.has(PROTOCOL) ? PROTOCOL : false),
    });
  }

  /** Takes the upgrades of `/live` on this server. */
  start(server: Server): void {
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#pinging = this.#ping();
  }

  /** Tells every viewer to come back, and closes. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const socket of this.#sockets.clients) socket.close(SERVICE_RESTART, 'restarting');
    const { clock } = this.#options;
    for (const deadline_ms = clock.monotonic_ms() + CLOSE_MS; this.#sockets.clients.size > 0 && clock.monotonic_ms() < deadline_ms; )
      await clock.sleep(20);
    for (const socket of this.#sockets.clients) socket.terminate();
    await this.#pinging;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    try {
      const dimension = countingRefusals(this.#options.metrics, () => this.#dimensionFor(request));
      this.#options.admit(dimension);
      this.#sockets.handleUpgrade(request, socket, head, (viewer) => this.#join(dimension, viewer, socket));
    } catch (error) {
      const problem =
        error instanceof HttpProblem ? error : new HttpProblem('internal', 'The connection could not be made.', { cause: error });
      answerOnSocket(socket, problem, LIVE_PATH, randomUUID());
    }
  }

  /** The dimension that is asked for. @throws HttpProblem where this page or this key may not watch */
  #dimensionFor(request: IncomingMessage): string {
    const { checkKey, origins } = this.#options;
    const url = URL.parse(request.url ?? '/', 'http://localhost');
    if (url?.pathname !== LIVE_PATH) throw new HttpProblem('not-found', `WebSockets are at ${LIVE_PATH} only.`);
    mustBeAllowedOrigin(request, origins);
    checkKey(keyOf(request), 'read');
    return url.searchParams.get('dimension') ?? '';
  }

  /** `connection` is what `socket` writes to: whole frames, each at once, so that those of the hub may go between. */
  #join(dimension: string, socket: WebSocket, connection: Duplex): void {
    const { hub, metrics } = this.#options;
    this.#alive.add(socket);
    metrics.viewers.inc({ transport: 'websocket' });
    const leave = hub.join(dimension, {
      backlog_bytes: () => connection.writableLength,
      send: (message) => {
        if (socket.readyState === socket.OPEN) connection.write(message.frame);
      },
    });
    socket.on('pong', () => this.#alive.add(socket));
    socket.on('message', () => socket.close(POLICY_VIOLATION, 'A viewer has nothing to say.'));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      leave();
      metrics.viewers.dec({ transport: 'websocket' });
    });
  }

  async #ping(): Promise<void> {
    for (;;) {
      await this.#options.clock.sleep(PING_MS, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
      for (const socket of this.#sockets.clients) {
        if (this.#alive.delete(socket)) socket.ping();
        else socket.terminate();
      }
    }
  }
}

/** A page of another site must not read totals with the visitor's access: browsers name the page's origin. */
function mustBeAllowedOrigin(request: IncomingMessage, origins: Origins): void {
  const { origin, host } = request.headers;
  if (origin === undefined || origins.has(origin) || isOwnOrigin(origin, host)) return;
  throw notListed(origin);
}

function keyOf(request: IncomingMessage): string | undefined {
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',');
  for (const protocol of protocols) {
    const encoded = KEY_PROTOCOL.exec(protocol.trim())?.[1];
    if (encoded !== undefined) return Buffer.from(encoded, 'base64url').toString('utf8');
  }
  return presentedKey(request);
}
