/** A generation of the order stream of its own: topics, group and keyspace that no other run has. */

import { dropKeyspace, randomKeyspace } from '#platform/tables/cassandra.testing.ts';
import type { CassandraSettings } from '#platform/tables/cassandra-client.ts';

export interface Generation {
  readonly environment: NodeJS.ProcessEnv;
  readonly keyspace: string;
  readonly prefix: string;
  /** Drops its keyspace. */
  drop(): Promise<void>;
}

export interface Servers {
  readonly brokers: readonly string[];
  readonly contactPoints: readonly string[];
  readonly localDataCenter: string;
}

/** The environment of a new generation on real servers: copies on every node, three at the most. */
export function newGeneration({ brokers, contactPoints, localDataCenter }: Servers): Generation {
  const keyspace = randomKeyspace();
  const prefix = `${keyspace}-`;
  const cassandra: CassandraSettings = { contactPoints, localDataCenter, keyspace, consistency: 'LOCAL_QUORUM' };
  return {
    keyspace,
    prefix,
    environment: {
      KAFKA_BROKERS: brokers.join(','),
      KAFKA_PREFIX: prefix,
      KAFKA_REPLICATION_FACTOR: String(Math.min(brokers.length, 3)),
      CASSANDRA_CONTACT_POINTS: contactPoints.join(','),
      CASSANDRA_LOCAL_DATA_CENTER: localDataCenter,
      CASSANDRA_KEYSPACE: keyspace,
      CASSANDRA_REPLICATION_FACTOR: String(Math.min(contactPoints.length, 3)),
      KAISEKI_PORT: '0',
      KAISEKI_TIME_ZONE: 'Asia/Tokyo',
    },
    drop: () => dropKeyspace(cassandra),
  };
}
