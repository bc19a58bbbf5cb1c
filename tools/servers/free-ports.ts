import { createServer } from 'node:net';

/** Whether nothing listens on this port of 127.0.0.1. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** A port that the system hands out now. */
function anyPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

/**
 * A port that is free together with its neighbours at `offsets` above it: a server that is told one port and counts the
 * others from there. Free now; whoever asks should listen soon.
 */
export async function freePort(offsets: readonly number[]): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = await anyPort();
    const all = [port, ...offsets.map((offset) => port + offset)];
    if (all.every((each) => each <= 65_535) && (await Promise.all(all.map(isFree))).every(Boolean)) return port;
  }
  throw new Error('found no free ports on 127.0.0.1');
}
