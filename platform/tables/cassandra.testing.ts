/** Where the tests find a real Cassandra: CASSANDRA_CONTACT_POINTS, and CASSANDRA_LOCAL_DATA_CENTER where it is not `datacenter1`. */
import { randomUUID } from 'node:crypto';
import type { CassandraSettings } from './cassandra-client.ts';

const localDataCenter = process.env.CASSANDRA_LOCAL_DATA_CENTER ?? 'datacenter1';

/** One copy: the tests also run on one node. */
export const testReplication = { [localDataCenter]: 1 };

/** A keyspace that no other run has. */
export function randomKeyspace(): string {
  return `test_${randomUUID().replaceAll('-', '')}`;
}

/** @throws Error when no contact points are configured: a test that cannot reach its server fails, it is not skipped */
export function testSettings(keyspace: string): CassandraSettings {
  const contactPoints = process.env.CASSANDRA_CONTACT_POINTS;
  if (contactPoints === undefined) throw new Error('set CASSANDRA_CONTACT_POINTS, or run npm run test:servers');
  return { contactPoints: contactPoints.split(','), localDataCenter, keyspace, consistency: 'LOCAL_QUORUM' };
}
