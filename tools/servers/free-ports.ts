import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that systems hand out to outgoing connections (from 32768 on Linux): none of those can take one between the look and the start. */
const PORT_MIN = 20_000;
const PORT_MAX = 28_000;

/** Whether nothing listens on this port of 127.0.0.1. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/**
 * A port that is free together with its neighbours at `offsets` above it: a server that is told one port and counts the
 * others from there. Free now; whoever asks should listen soon.
 */
export async function freePort(offsets: readonly number[]): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(PORT_MIN, PORT_MAX);
    const all = [port, ...offsets.map((offset) => port + offset)];
    if ((await Promise.all(all.map(isFree))).every(Boolean)) return port;
  }
  throw new Error('found no free ports on 127.0.0.1');
}
