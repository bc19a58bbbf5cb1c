/** Sends requests to Cassandra, so many at a time and no more: the rest wait here, in order, not in the nodes' queues. */
import type { Client, QueryOptions, types } from 'cassandra-driver';
import type { Statement } from './cassandra-statements.ts';

/** Enough to keep three nodes busy; each is a batch of up to a hundred rows. */
const in_flight_max = 96;

export interface Requests {
  /** Runs a query and gives its rows. */
  query(query: string, params: readonly unknown[], options?: QueryOptions): Promise<types.ResultSet>;
  /** Applies statements of one partition as one mutation. They carry versions, so the driver may send them again. */
  write(statements: readonly Statement[]): Promise<void>;
}

export function limitedRequests(client: Client): Requests {
  let inFlight = 0;
  const waiting: (() => void)[] = [];

  async function limited<T>(send: () => Promise<T>): Promise<T> {
    if (inFlight >= in_flight_max) await new Promise<void>((resolve) => waiting.push(resolve));
    else inFlight += 1;
    try {
      return await send();
    } finally {
      // The place goes to the next in line, if there is one.
      const next = waiting.shift();
      if (next === undefined) inFlight -= 1;
      else next();
    }
  }

  return {
    query: (query, params, options = {}) => limited(() => client.execute(query, [...params], { isIdempotent: true, ...options })),
    write: (statements) =>
      limited(async () => {
        await client.batch(statements as Statement[], { logged: false, isIdempotent: true });
      }),
  };
}
