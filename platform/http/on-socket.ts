/** Problems that are answered on the bare connection: where there is no response to answer with. */
import type { Duplex } from 'node:stream';
import { type HttpProblem, PROBLEM_TYPE } from './problem.ts';

/** Answers and closes, once what was said is sent. @param instance the path that was asked for, as far as it is known */
export function answerOnSocket(socket: Duplex, problem: HttpProblem, instance: string, requestId: string): void {
  const body = JSON.stringify(problem.body(instance, requestId));
  const headers = {
    ...problem.extras.headers,
    'X-Request-Id': requestId,
    'Content-Type': PROBLEM_TYPE,
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  // The server no longer knows the connection: a client that does not close its own half would hold up a stop.
  socket.end([`HTTP/1.1 ${problem.status} Refused`, ...lines, '', body].join('\r\n'), () => socket.destroy());
}
