/** Where Cassandra is, and how to speak with it. */
import { defineGroup } from './environment.ts';
import { checkTls, readTls, type TlsSettings } from './tls.ts';
import { checkOrphans, checkPair } from './together.ts';
import { addresses, choice, flag, pemFile, text, wholeNumber } from './variables.ts';

/** The two that keep the promise of an exact count: what one request was told of, the next one sees. */
const CONSISTENCIES = ['LOCAL_QUORUM', 'QUORUM'] as const;

export interface CassandraSettings {
  /** `host` or `host:port` of some nodes; the others are learnt from them. */
  readonly contactPoints: readonly string[];
  readonly localDataCenter: string;
  /** Lower-case letters, digits and underscores. */
  readonly keyspace: string;
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly tls?: TlsSettings;
  /** Of every read and write that is no compare-and-set. */
  readonly consistency: (typeof CONSISTENCIES)[number];
  /** Copies in the local data centre, where `kaiseki migrate` creates the keyspace. */
  readonly replicationFactor: number;
}

export const cassandraGroup = defineGroup({
  title: 'Cassandra',
  description: 'The tables. Without CASSANDRA_CONTACT_POINTS they are a file in the data directory.',
  variables: {
    CASSANDRA_CONTACT_POINTS: addresses('cassandra-1:9042,cassandra-2:9042', 'port may be left out')
      .optional()
      .meta({
        description: 'Nodes to begin with, separated by commas. Switches the tables from the embedded ones to Cassandra.',
        example: 'localhost:9042',
        alsoCalled: ['CASSANDRA_HOSTS', 'CASSANDRA_NODES'],
      }),
    CASSANDRA_LOCAL_DATA_CENTER: text().prefault('datacenter1').describe('The data centre whose nodes this program uses.'),
    CASSANDRA_KEYSPACE: text()
      .regex(/^[a-z][a-z0-9_]{0,47}$/, 'must begin with a letter and hold only a-z, 0-9 and _ (48 at most)')
      .prefault('kaiseki')
      .describe('The keyspace of all tables.'),
    CASSANDRA_USERNAME: text().optional().meta({ description: 'User name. Switches authentication on.', example: 'kaiseki' }),
    CASSANDRA_PASSWORD: text().optional().meta({ description: 'Password of CASSANDRA_USERNAME.', secret: true, example: 'change-me' }),
    CASSANDRA_TLS: flag().prefault('false').describe('Whether to speak TLS with the nodes.'),
    CASSANDRA_TLS_CA_FILE: pemFile().optional().meta({
      description: 'Certificates (PEM) of the authorities to trust, in place of the system’s.',
      example: '/etc/kaiseki/cassandra-ca.crt',
    }),
    CASSANDRA_TLS_CERT_FILE: pemFile().optional().meta({
      description: 'Certificate (PEM) that this program shows to the nodes.',
      example: '/etc/kaiseki/cassandra-client.crt',
    }),
    CASSANDRA_TLS_KEY_FILE: pemFile().optional().meta({
      description: 'Private key (PEM) of that certificate.',
      example: '/etc/kaiseki/cassandra-client.key',
    }),
    CASSANDRA_TLS_SERVER_NAME: text().optional().meta({
      description: 'The name that every server’s certificate bears. Without it each must bear the address that it is reached at.',
      example: 'cassandra.example.com',
    }),
    CASSANDRA_CONSISTENCY: choice(CONSISTENCIES)
      .prefault('LOCAL_QUORUM')
      .describe('Of reads and writes: a majority of the copies in the local data centre, or of all copies everywhere.'),
    CASSANDRA_REPLICATION_FACTOR: wholeNumber(1, 32)
      .prefault('3')
      .describe('Copies of every row, where `kaiseki migrate` creates the keyspace. 1 where there is a single node.'),
  },
  check(_values, context) {
    checkOrphans(context.variables, 'CASSANDRA_CONTACT_POINTS', context);
    checkPair('CASSANDRA_USERNAME', 'CASSANDRA_PASSWORD', context);
    checkTls('CASSANDRA', context);
  },
  build(values): CassandraSettings | undefined {
    if (values.CASSANDRA_CONTACT_POINTS === undefined) return undefined;
    const { CASSANDRA_USERNAME: username, CASSANDRA_PASSWORD: password } = values;
    const tls = readTls({
      enabled: values.CASSANDRA_TLS,
      authorities: values.CASSANDRA_TLS_CA_FILE,
      certificate: values.CASSANDRA_TLS_CERT_FILE,
      key: values.CASSANDRA_TLS_KEY_FILE,
      serverName: values.CASSANDRA_TLS_SERVER_NAME,
    });
    return {
      contactPoints: values.CASSANDRA_CONTACT_POINTS,
      localDataCenter: values.CASSANDRA_LOCAL_DATA_CENTER,
      keyspace: values.CASSANDRA_KEYSPACE,
      ...(username && password && { credentials: { username, password } }),
      ...(tls && { tls }),
      consistency: values.CASSANDRA_CONSISTENCY,
      replicationFactor: values.CASSANDRA_REPLICATION_FACTOR,
    };
  },
});
