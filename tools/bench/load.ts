/** Load on an HTTP server: so many connections, each with one request under way at all times. */
import { systemClock as clock } from '#platform/clock/clock.ts';
import { Connection } from './connection.ts';

export interface LoadOptions {
  readonly address: string;
  readonly connections: number;
  readonly duration_ms: number;
  /** The requests, sent in turn, again from the first after the last. */
  readonly requests: readonly Buffer[];
  /** The status that every answer must have. */
  readonly expected: number;
}

export interface LoadReport {
  readonly requests: number;
  readonly perSecond: number;
  readonly latencies_ms: readonly number[];
}

/** @throws Error for an answer of another status: figures of a failing server mean nothing */
export async function load({ address, connections, duration_ms, requests, expected }: LoadOptions): Promise<LoadReport> {
  const opened = await Promise.all(Array.from({ length: connections }, () => Connection.open(address)));
  const latencies_ms: number[] = [];
  const start_ms = clock.monotonic_ms();
  const end_ms = start_ms + duration_ms;
  let next = 0;
  try {
    await Promise.all(
      opened.map(async (connection) => {
        for (let sent_ms = clock.monotonic_ms(); sent_ms < end_ms; ) {
          const answer = await connection.request(requests[next++ % requests.length] as Buffer);
          if (answer.status !== expected) throw new Error(`${address} answered ${answer.status}: ${answer.body}`);
          const answered_ms = clock.monotonic_ms();
          latencies_ms.push(answered_ms - sent_ms);
          sent_ms = answered_ms;
        }
      }),
    );
  } finally {
    for (const connection of opened) connection.close();
  }
  const took_s = (clock.monotonic_ms() - start_ms) / 1_000;
  return { requests: latencies_ms.length, perSecond: latencies_ms.length / took_s, latencies_ms };
}
