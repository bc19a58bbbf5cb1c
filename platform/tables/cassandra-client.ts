/** How a client of Cassandra is set up, for the tables and for the migrations alike. */
import { Client, type ClientOptions, errors, policies, types } from 'cassandra-driver';
import type { CassandraSettings as ConfiguredCassandra } from '#platform/config/cassandra.ts';
import type { TlsSettings } from '#platform/config/tls.ts';

/** Where Cassandra is and how to speak to it: what the configuration says, but for what only a new keyspace needs. */
export type CassandraSettings = Omit<ConfiguredCassandra, 'replicationFactor'>;
export type CassandraConsistency = CassandraSettings['consistency'];

const RECONNECTION_DELAY_MS_MIN = 250;
const RECONNECTION_DELAY_MS_MAX = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
const NODES_NAMED_MAX = 3;
/** Longer than any of Cassandra's own timeouts (10 s for a range read), so that its answer, which says more, comes first. */
const REQUEST_TIMEOUT_MS = 12_000;

/**
 * A client that is not connected yet: it connects with its first request, and again with the next one when that failed.
 * Once connected it reconnects by itself. It never ends the process; requests reject while no node answers.
 */
export function cassandraClient(settings: CassandraSettings, more: Pick<ClientOptions, 'keyspace' | 'protocolOptions'> = {}): Client {
  return new Client({
    contactPoints: [...settings.contactPoints],
    localDataCenter: settings.localDataCenter,
    ...(settings.credentials === undefined ? {} : { credentials: { ...settings.credentials } }),
    ...(settings.tls === undefined ? {} : { sslOptions: tlsOptions(settings.tls) }),
    encoding: { map: Map },
    policies: {
      reconnection: new policies.reconnection.ExponentialReconnectionPolicy(RECONNECTION_DELAY_MS_MIN, RECONNECTION_DELAY_MS_MAX, false),
    },
    socketOptions: { connectTimeout: CONNECT_TIMEOUT_MS, readTimeout: REQUEST_TIMEOUT_MS },
    queryOptions: { consistency: consistencyOf(settings.consistency), prepare: true },
    ...more,
  });
}

/** The driver's number of a consistency. */
function consistencyOf(consistency: CassandraConsistency): types.consistencies {
  return consistency === 'QUORUM' ? types.consistencies.quorum : types.consistencies.localQuorum;
}

/** The consistency of lightweight transactions that belongs to it: agreed on in the same set of nodes. */
export function serialConsistencyOf(consistency: CassandraConsistency): types.consistencies {
  return consistency === 'QUORUM' ? types.consistencies.serial : types.consistencies.localSerial;
}

/** A name as it stands in CQL. @throws TypeError for one that would need escaping; no table of ours has such a name */
export function quoted(name: string): string {
  if (!/^[a-z][a-z0-9_]{0,47}$/.test(name)) throw new TypeError(`not a name for Cassandra: ${JSON.stringify(name)}`);
  return `"${name}"`;
}

/** An error in one line: the driver's own, when no node answers, is a stack for each node. */
export function plainError(error: unknown): unknown {
  if (isSchemaMissing(error)) return new Error(`${error.message}: run kaiseki migrate`, { cause: error });
  if (!(error instanceof errors.NoHostAvailableError)) return error;
  const nodes = Object.entries<unknown>(error.innerErrors ?? {});
  const reasons = nodes
    .slice(0, NODES_NAMED_MAX)
    .map(([address, reason]) => `${address}: ${reason instanceof Error ? reason.message : reason}`);
  return new Error(`no node of Cassandra answers${reasons.length === 0 ? '' : ` (${reasons.join('; ')})`}`, { cause: error });
}

/** Cassandra has no code of its own for a keyspace or table that is not there. */
function isSchemaMissing(error: unknown): error is Error {
  return error instanceof errors.ResponseError && /^(keyspace|table) \S+ does not exist$/i.test(error.message);
}

function tlsOptions({ authorities, identity, serverName }: TlsSettings): NonNullable<ClientOptions['sslOptions']> {
  return {
    // The driver's own default is not to verify.
    rejectUnauthorized: true,
    ...(authorities === undefined ? {} : { ca: authorities }),
    ...(identity === undefined ? {} : { cert: identity.certificate, key: identity.key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}
