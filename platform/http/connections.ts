/** What the client of each open connection has sent: Node itself takes one whose request never ends for a busy one. */
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

export class Connections {
  /** The request under way; undefined between two requests, and while one's headers are not whole. */
  readonly #requests = new Map<Socket, IncomingMessage | undefined>();

  /** Follows the connections of a server that does not listen yet. */
  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#requests.set(socket, undefined);
      socket.once('close', () => this.#requests.delete(socket));
    });
    server.on('request', (request, response) => {
      const { socket } = request;
      this.#requests.set(socket, request);
      response.once('close', () => {
        // A client that sends several at once has its next one there already.
        if (this.#requests.get(socket) === request) this.#requests.set(socket, undefined);
      });
    });
  }

  /** The connection is somebody else's from now on, as a WebSocket. */
  release(socket: Socket): void {
    this.#requests.delete(socket);
  }

  /** Closes those that have no request under way. */
  closeResting(): void {
    this.#close((request) => request === undefined);
  }

  /** Closes those whose request has not arrived to its last byte, too. */
  closeUnfinished(): void {
    this.#close((request) => !request?.complete);
  }

  #close(isToClose: (request: IncomingMessage | undefined) => boolean): void {
    for (const [socket, request] of this.#requests) if (isToClose(request)) socket.destroy();
  }
}
