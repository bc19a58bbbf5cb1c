/** What the client of each open connection has sent: Node itself takes one whose request never ends for a busy one. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A request and the answer that it gets. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export class Connections {
  /** What is under way; undefined between two requests, and while one's headers are not whole. */
  readonly #exchanges = new Map<Socket, Exchange | undefined>();

  /** Follows the connections of a server that does not listen yet. */
  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#exchanges.set(socket, undefined);
      socket.once('close', () => this.#exchanges.delete(socket));
    });
    server.on('request', (request, response) => {
      const { socket } = request;
      const exchange = { request, response };
      this.#exchanges.set(socket, exchange);
      response.once('close', () => {
        // A client that sends several at once has its next one there already.
        if (this.#exchanges.get(socket) === exchange) this.#exchanges.set(socket, undefined);
      });
    });
  }

  /** The connection is somebody else's from now on, as a WebSocket. */
  release(socket: Socket): void {
    this.#exchanges.delete(socket);
  }

  /** The last request of a connection whose headers have come, until it is answered. */
  underWay(socket: Socket): Exchange | undefined {
    return this.#exchanges.get(socket);
  }

  /** Closes those that have no request under way. */
  closeResting(): void {
    this.#close((exchange) => exchange === undefined);
  }

  /** Closes those whose request has not arrived to its last byte, too. */
  closeUnfinished(): void {
    this.#close((exchange) => !exchange?.request.complete);
  }

  #close(isToClose: (exchange: Exchange | undefined) => boolean): void {
    for (const [socket, exchange] of this.#exchanges) if (isToClose(exchange)) socket.destroy();
  }
}
