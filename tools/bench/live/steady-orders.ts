/** Orders at a steady rate, as many clients together send them. */
import { systemClock as clock } from '#platform/clock/clock.ts';
import { Connection } from '../connection.ts';
import { batchRequest, orderStream, take } from '../orders.ts';

/** Between two batches. */
const TICK_MS = 50;
const SKEW = { users: 20_000, skew: 0, hot: 0 };

export interface SteadyOrders {
  /** Ends it; resolves with how many orders the server took, and how many a second that was. */
  stop(): Promise<{ readonly orders: number; readonly perSecond: number }>;
}

/** Sends orders of the cuisine dimension. A server that is slower than the rate is sent what it takes. @throws Error from `stop` for an order that is refused */
export async function steadyOrders(address: string, ordersPerSecond: number, seed: number): Promise<SteadyOrders> {
  const connection = await Connection.open(address);
  const stream = orderStream(SKEW, seed);
  const stopped = new AbortController();
  const began_ms = clock.monotonic_ms();
  let sent = 0;
  const run = async () => {
    while (!stopped.signal.aborted) {
      const due = Math.floor(((clock.monotonic_ms() - began_ms) * ordersPerSecond) / 1_000) - sent;
      const orders = take(stream, Math.min(due, ordersPerSecond));
      if (orders.length > 0) {
        const { status, body } = await connection.request(batchRequest(orders));
        if (status !== 202) throw new Error(`${address} answered ${status}: ${body}`);
        sent += orders.length;
      }
      await clock.sleep(TICK_MS, stopped.signal);
    }
  };
  const ended = run();
  // Whoever calls `stop` hears of a failure.
  ended.catch(() => undefined);
  return {
    async stop() {
      stopped.abort();
      await ended;
      connection.close();
      return { orders: sent, perSecond: sent / ((clock.monotonic_ms() - began_ms) / 1_000) };
    },
  };
}
