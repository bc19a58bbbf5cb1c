/**
 * Sends requests to Cassandra, so many at a time and no more: the rest wait here, in order, not in the nodes' queues.
 */
import { type Client, policies, type QueryOptions, type types } from 'cassandra-driver';
import type { Queue } from '#platform/metrics/queue.ts';
import { type CassandraConsistency, plainError, serialConsistencyOf } from './cassandra-client.ts';
import type { Statement } from './cassandra-statements.ts';

/** Enough to keep three nodes busy; each is a query or a batch (cassandra-rows.ts says how large). */
const IN_FLIGHT_MAX = 96;
/** More than every shard's flush has at once; beyond it callers are refused rather than made to wait for what nobody will want any more. */
const WAITING_MAX = 20_000;

export interface Requests {
  /** Runs a query; the driver may send it again. */
  query(query: string, params: readonly unknown[], options?: QueryOptions): Promise<types.ResultSet>;
  /** Applies statements of one partition as one mutation. They carry versions, so the driver may send them again. */
  write(statements: readonly Statement[]): Promise<void>;
  /**
   * Runs statements of one partition, at least one with conditions, as one lightweight transaction. The driver never
   * sends it again: whether an earlier copy applied is for the caller to find out, so every doubt rejects.
   */
  compareAndSet(statements: readonly Pick<Statement, 'query' | 'params'>[]): Promise<types.ResultSet>;
  /** Those that wait for their turn; at `limit` more are refused. */
  readonly queue: Queue;
  /** Disconnects. Requests under way and later ones reject. */
  close(): Promise<void>;
}

/** Sends through `client`, which is theirs from now on: closing them shuts it down. */
export function cassandraRequests(client: Client, consistency: CassandraConsistency): Requests {
  let closed = false;
  let inFlight = 0;
  const waiting: (() => void)[] = [];
  const again: QueryOptions = { logged: false, isIdempotent: true };
  const once: QueryOptions = {
    logged: false,
    isIdempotent: false,
    retry: new policies.retry.FallthroughRetryPolicy(),
    serialConsistency: serialConsistencyOf(consistency),
  };

  async function limited<T>(send: () => Promise<T>): Promise<T> {
    if (inFlight >= IN_FLIGHT_MAX) {
      if (waiting.length >= WAITING_MAX) throw new Error(`${WAITING_MAX} requests wait for Cassandra already`);
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else inFlight += 1;
    try {
      // The driver itself would connect again if it had not been connected before.
      if (closed) throw new Error('the tables are closed');
      return await send();
    } catch (error) {
      throw plainError(error);
    } finally {
      // The place goes to the next in line, if there is one.
      const next = waiting.shift();
      if (next === undefined) inFlight -= 1;
      else next();
    }
  }

  return {
    query: (query, params, options = {}) => limited(() => client.execute(query, [...params], { isIdempotent: true, ...options })),
    async write(statements) {
      await limited(() => client.batch([...statements], again));
    },
    queue: { limit: WAITING_MAX, waiting: () => waiting.length },
    compareAndSet: (statements) => limited(() => client.batch([...statements], once)),
    async close() {
      closed = true;
      await client.shutdown();
    },
  };
}
