/** The process's one HTTP server: routes and pages, errors as problems, and a graceful stop. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import Koa, { type Middleware } from 'koa';
import type { Logger } from 'pino';
import type { Clock } from '#platform/clock/clock.ts';
import type { Metrics } from '#platform/metrics/metrics.ts';
import { type AccessSettings, accessCheck, exposureProblem } from './access.ts';
import { answering } from './answering.ts';
import { behindBase, withoutBase } from './base-path.ts';
import { Connections } from './connections.ts';
import { hostCheck, hostsIn, refuseOtherHosts } from './host.ts';
import { crossOrigin, Origins, refusePages } from './origins.ts';
import { answerParserErrors, refuseExpectations } from './parser-errors.ts';
import type { Route } from './route.ts';
import { nothingMatched, routesMiddleware } from './router.ts';
import { UnreadAnswers } from './unread.ts';

export interface HttpSettings extends AccessSettings {
  /** 0: any free port. */
  readonly port: number;
  /** Where `/metrics` is to be had without a key, on the same address; 0: any free port. */
  readonly metricsPort: number | undefined;
  /** In front of every path, as `withoutBase` (base-path.ts) takes it. */
  readonly basePath: string;
  /** How long a connection may rest between two requests, in milliseconds; longer than load balancers do. */
  readonly keepAlive_ms: number;
}

/** What one connection or request may take. */
export interface HttpLimits {
  /** Open connections; more are closed at once. */
  readonly connections: number;
  /** From a request's first byte to its last, in milliseconds: bounds a slow body. */
  readonly request_ms: number;
  /** How long a client may take nothing of an answer, or a connection with a request be silent, in milliseconds. */
  readonly silence_ms: number;
  /** All answers that wait to be read, in bytes. */
  readonly unread_bytes: number;
  /**
   * How long a stop waits for connections that rest to come once more and be told to close, in milliseconds; and then for
   * the rest of requests that have begun to arrive.
   */
  readonly linger_ms: number;
  /** How long a stop waits for requests under way before it cuts them off, in milliseconds. */
  readonly stop_ms: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  connections: 10_000,
  request_ms: 30_000,
  silence_ms: 60_000,
  unread_bytes: 256 * 1024 * 1024,
  linger_ms: 1_000,
  stop_ms: 10_000,
};

export interface HttpServerOptions {
  readonly settings: HttpSettings;
  readonly limits: HttpLimits;
  readonly routes: readonly Route[];
  /** Serves what no route matches: the built pages. */
  readonly pages?: Middleware;
  /** Whether every request of a page is refused: the server is for programs alone. */
  readonly refusesPages?: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface HttpServer {
  /** For workloads that upgrade connections. */
  readonly server: Server;
  /** Begins to listen; resolves with the address to open. Rejects when the port is taken. */
  listen(): Promise<string>;
  /**
   * The first step of a stop: serves on, and asks each connection with its next answer to be closed. Resolves when none is
   * left, after `linger_ms` at the latest. To close a connection at the moment at which its client sends a request would
   * fail that request.
   */
  linger(): Promise<void>;
  /**
   * Takes no more connections, finishes the requests under way, then closes. What has not sent its headers by now, or the
   * rest of its body within `linger_ms`, is cut off: a client that sends for ever must not hold up a stop. Called again, it waits for the same stop.
   */
  stop(): Promise<void>;
}

/** How often a stop looks for connections that have come to rest, or are gone. */
const IDLE_CHECK_MS = 25;

/** @throws Error when the settings would let everybody on the network in unasked (access.ts) */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { settings, limits, clock, logger } = options;
  const exposure = exposureProblem(settings);
  if (exposure !== undefined) throw new Error(`KAISEKI_API_KEYS ${exposure}`);
  const stopping = new AbortController();
  const app = new Koa();
  app.on('error', (error) => logger.debug({ err: error }, 'an answer was cut off'));
  const unread = new UnreadAnswers(limits.unread_bytes);
  app.use(answering({ clock, logger, metrics: options.metrics, stopping: stopping.signal, unread }));
  app.use((context, next) => connections.refuseTooMany(context, next));
  app.use(refuseExpectations);
  const isMine = hostCheck(settings);
  app.use(refuseOtherHosts(isMine));
  if (settings.basePath !== '') app.use(behindBase(settings.basePath));
  app.use(options.refusesPages ? refusePages : crossOrigin(new Origins(settings.origins)));
  app.use(routesMiddleware(options.routes, accessCheck(settings, clock)));
  if (options.pages) app.use(options.pages);
  app.use(nothingMatched);
  const server = createServer({
    requestTimeout: limits.request_ms,
    headersTimeout: limits.request_ms,
    keepAliveTimeout: settings.keepAlive_ms,
    // host.ts answers for it, in this server's own words.
    requireHostHeader: false,
    connectionsCheckingInterval: Math.ceil(limits.request_ms / 10),
    // Any other offer, such as the h2c of Java's own client, is there to be ignored (RFC 9110, section 7.8); one that is
    // meant for another host is answered like its other requests.
    shouldUpgradeCallback(request) {
      const { headers, rawHeaders, socket } = request;
      if (headers.upgrade?.toLowerCase() !== 'websocket' || !isMine(headers.host) || hostsIn(rawHeaders) !== 1) return false;
      // Answers that are still to be sent would come in the middle of the other protocol.
      if (connections.unfinished(socket).length > 0) return false;
      request.url = withoutBase(request.url ?? '/', settings.basePath);
      connections.release(socket);
      return true;
    },
  });
  server.maxConnections = limits.connections;
  server.setTimeout(limits.silence_ms);
  // A client that has said all, and said so, waits for its answer.
  Object.assign(server, { httpAllowHalfOpen: true });
  const connections = new Connections(server, app.callback());
  answerParserErrors(server, connections, options.metrics);
  let stopped: Promise<void> | undefined;
  return {
    server,
    async listen() {
      server.listen(settings.port, settings.host);
      await once(server, 'listening');
      return addressOf(server.address() as AddressInfo, settings.host) + settings.basePath;
    },
    linger() {
      stopping.abort();
      return untilUnconnected(server, clock, limits.linger_ms);
    },
    stop() {
      stopping.abort();
      stopped ??= close(server, connections, clock, limits);
      return stopped;
    },
  };
}

async function untilUnconnected(server: Server, clock: Clock, linger_ms: number): Promise<void> {
  const deadline_ms = clock.monotonic_ms() + linger_ms;
  const connections = promisify(server.getConnections.bind(server));
  while (server.listening && clock.monotonic_ms() < deadline_ms && (await connections()) > 0) await clock.sleep(IDLE_CHECK_MS);
}

async function close(server: Server, connections: Connections, clock: Clock, { linger_ms, stop_ms }: HttpLimits): Promise<void> {
  if (!server.listening) return;
  const closed = new AbortController();
  server.close(() => closed.abort());
  const started_ms = clock.monotonic_ms();
  while (!closed.signal.aborted) {
    const waited_ms = clock.monotonic_ms() - started_ms;
    if (waited_ms >= stop_ms) server.closeAllConnections();
    else if (waited_ms >= linger_ms) connections.closeUnfinished();
    else connections.closeResting();
    await clock.sleep(IDLE_CHECK_MS, closed.signal);
  }
}

/** Where a person on this machine opens the server. */
function addressOf({ port, family }: AddressInfo, host: string): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere || host === '127.0.0.1' || host === '::1' ? 'localhost' : family === 'IPv6' ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
