/** What Node's parser of HTTP refuses, and what takes too long to arrive: answered as problems, too. */
import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Middleware } from 'koa';
import type { Metrics } from '#platform/metrics/metrics.ts';
import type { Connections } from './connections.ts';
import { answerOnSocket } from './on-socket.ts';
import { HttpProblem } from './problem.ts';

interface ParserError extends Error {
  readonly code?: string;
  /** The parser's own words. */
  readonly reason?: string;
}

/** Answers for a server whose connections are followed. */
export function answerParserErrors(server: Server, connections: Connections, metrics: Metrics): void {
  server.on('clientError', (error: ParserError, socket: Socket) => {
    // Each further part of what cannot be parsed is told of again.
    if (!connections.end(socket)) return;
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const unfinished = connections.unfinished(socket);
    // Requests that had come whole get their answers; what followed them is lost with the connection.
    const last = unfinished.findLast(({ request, response }) => request.complete || response.writableEnded);
    if (last) {
      last.response.shouldKeepAlive = false;
      last.response.once('finish', () => socket.destroySoon());
      return;
    }
    const cutShort = unfinished[0];
    if (cutShort?.response.headersSent) {
      socket.destroy();
      return;
    }
    const problem = problemOf(error);
    metrics.http.requests.inc({ method: 'other', route: 'none', status: `${Math.floor(problem.status / 100)}xx` });
    answerOnSocket(socket, problem, cutShort?.request.url ?? '', randomUUID());
  });
  // What else is expected is refused as any other request is, in its turn.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

/** Refuses a request that expects what is not done here (RFC 9110, section 10.1.1). */
export const refuseExpectations: Middleware = ({ req: { headers, httpVersion }, res }, next) => {
  // HTTP/1.0 knows none.
  if (headers.expect === undefined || httpVersion !== '1.1' || headers.expect.toLowerCase() === '100-continue') return next();
  res.shouldKeepAlive = false;
  throw new HttpProblem('expectation-failed', 'The only thing to expect here is 100-continue.');
};

function problemOf({ code, reason = '' }: ParserError): HttpProblem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new HttpProblem('timeout', 'The request took too long to arrive.');
  if (code === 'HPE_HEADER_OVERFLOW') return new HttpProblem('headers-too-large', 'The address and the headers are too long together.');
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return new HttpProblem('too-large', 'The extensions of a chunk are too long.');
  if (code === 'HPE_INVALID_TRANSFER_ENCODING' && reason.startsWith('Request has invalid')) return unknownCoding();
  return new HttpProblem('malformed', `This is no HTTP/1.1 request: ${reason || 'it cannot be parsed'}.`);
}

/** RFC 9112, section 6.1. */
export function unknownCoding(): HttpProblem {
  return new HttpProblem('not-implemented', 'The only transfer coding here is chunked; compress a body with Content-Encoding: gzip.');
}
