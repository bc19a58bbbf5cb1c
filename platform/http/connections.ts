/** What the client of each open connection has sent: Node itself takes one whose request never ends for a busy one. */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Middleware } from 'koa';
import { overloaded } from './problem.ts';

/** Requests of one connection whose answers have not been sent. Node itself begins as many as fit into what it reads at once. */
export const UNFINISHED_MAX = 32;

/** A request and the answer that it gets. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface Connection {
  /** In the order of their requests, which is the order of their answers. */
  readonly unfinished: Set<Exchange>;
  /** Whether no request after those is taken any more. */
  isEnding: boolean;
}

export class Connections {
  readonly #connections = new Map<Socket, Connection>();

  /** Follows the connections of a server that does not listen yet, and hands on the requests that are taken. */
  constructor(server: Server, listener: RequestListener) {
    server.on('connection', (socket: Socket) => {
      this.#connections.set(socket, { unfinished: new Set(), isEnding: false });
      socket.once('close', () => this.#connections.delete(socket));
    });
    server.on('request', (request, response) => {
      if (this.#take(request, response)) listener(request, response);
    });
  }

  /** The connection is somebody else's from now on, as a WebSocket. */
  release(socket: Socket): void {
    this.#connections.delete(socket);
  }

  /** The requests of a connection whose headers have come and whose answers have not been sent, the first one first. */
  unfinished(socket: Socket): readonly Exchange[] {
    return [...(this.#connections.get(socket)?.unfinished ?? [])].filter(({ response }) => !response.writableFinished);
  }

  /** Takes no more requests of the connection. Returns false where that was so already. */
  end(socket: Socket): boolean {
    const connection = this.#connections.get(socket);
    if (!connection) return true;
    const isFirst = !connection.isEnding;
    connection.isEnding = true;
    return isFirst;
  }

  /** Refuses the first request that is too many on its connection, with which the connection ends. */
  readonly refuseTooMany: Middleware = ({ req: { socket }, res }, next) => {
    if ((this.#connections.get(socket)?.unfinished.size ?? 0) <= UNFINISHED_MAX) return next();
    this.end(socket);
    res.shouldKeepAlive = false;
    throw overloaded(`One connection may have ${UNFINISHED_MAX} requests that are not answered.`);
  };

  /** Closes those that have no request under way. */
  closeResting(): void {
    this.#close((unfinished) => unfinished.length === 0);
  }

  /** Closes those of which no request under way has arrived to its last byte, too. */
  closeUnfinished(): void {
    this.#close((unfinished) => !unfinished.some(({ request }) => request.complete));
  }

  #take(request: IncomingMessage, response: ServerResponse): boolean {
    const connection = this.#connections.get(request.socket);
    if (!connection || connection.isEnding) return false;
    const exchange = { request, response };
    connection.unfinished.add(exchange);
    response.once('close', () => connection.unfinished.delete(exchange));
    return true;
  }

  #close(isToClose: (unfinished: readonly Exchange[]) => boolean): void {
    for (const [socket, { unfinished }] of this.#connections) if (isToClose([...unfinished])) socket.destroy();
  }
}
