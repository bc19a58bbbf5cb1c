/** Where Kafka is, and how to speak with it. */
import { z } from 'zod';
import { defineGroup } from './environment.ts';
import { checkTls, readTls, type TlsSettings } from './tls.ts';
import { checkOrphans, checkPair } from './together.ts';
import { addresses, choice, flag, pemFile, text, wholeNumber } from './variables.ts';

export interface KafkaSettings {
  /** `host:port` of some brokers; the others are learnt from them. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Stands before the name of every topic and group. */
  readonly prefix: string;
  /** Copies of each topic that this program creates. */
  readonly replicationFactor: number;
  readonly tls?: TlsSettings;
  readonly sasl?: SaslSettings;
}

export interface SaslSettings {
  readonly mechanism: 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

export const kafkaGroup = defineGroup({
  title: 'Kafka',
  description: 'The log. Without KAFKA_BROKERS it is a file in the data directory.',
  variables: {
    KAFKA_BROKERS: addresses('kafka-1:9092,kafka-2:9092', 'with port')
      .optional()
      .meta({
        description: 'Brokers to begin with, separated by commas. Switches the log from the embedded one to Kafka.',
        example: 'localhost:9092',
        alsoCalled: ['KAFKA_BOOTSTRAP_SERVERS', 'KAFKA_BOOTSTRAP_SERVER', 'KAFKA_BOOTSTRAP_BROKERS', 'KAFKA_BROKER_LIST', 'KAFKA_HOSTS'],
      }),
    KAFKA_CLIENT_ID: text().prefault('kaiseki').describe('The name under which the brokers know this program, for quotas and logs.'),
    KAFKA_PREFIX: z
      .string()
      .regex(/^[a-zA-Z0-9._-]{1,64}$/, 'must hold only letters, digits, dots, - and _ (64 at most)')
      .optional()
      .meta({
        description:
          'Stands before the name of every topic and consumer group. A new generation of the data has a new one, and a new keyspace.',
        example: 'second-',
      }),
    KAFKA_REPLICATION_FACTOR: wholeNumber(1, 32)
      .prefault('3')
      .describe('Copies of each topic that `kaiseki topics` creates. 1 where there is a single broker.'),
    KAFKA_TLS: flag().prefault('false').describe('Whether to speak TLS with the brokers.'),
    KAFKA_TLS_CA_FILE: pemFile().optional().meta({
      description: 'Certificates (PEM) of the authorities to trust, in place of the system’s.',
      example: '/etc/kaiseki/kafka-ca.crt',
    }),
    KAFKA_TLS_CERT_FILE: pemFile().optional().meta({
      description: 'Certificate (PEM) that this program shows to the brokers.',
      example: '/etc/kaiseki/kafka-client.crt',
    }),
    KAFKA_TLS_KEY_FILE: pemFile().optional().meta({
      description: 'Private key (PEM) of that certificate.',
      example: '/etc/kaiseki/kafka-client.key',
    }),
    KAFKA_TLS_SERVER_NAME: text().optional().meta({
      description: 'The name that every server’s certificate bears. Without it each must bear the address that it is reached at.',
      example: 'kafka.example.com',
    }),
    KAFKA_SASL_MECHANISM: choice(['scram-sha-256', 'scram-sha-512'])
      .prefault('scram-sha-512')
      .describe('How KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD are proven to the brokers.'),
    KAFKA_SASL_USERNAME: text().optional().meta({ description: 'User name. Switches SASL on.', example: 'kaiseki' }),
    KAFKA_SASL_PASSWORD: text().optional().meta({ description: 'Password of KAFKA_SASL_USERNAME.', secret: true, example: 'change-me' }),
  },
  check(_values, context) {
    checkOrphans(context.variables, 'KAFKA_BROKERS', context);
    checkPair('KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD', context);
    checkTls('KAFKA', context);
  },
  build(values): KafkaSettings | undefined {
    if (values.KAFKA_BROKERS === undefined) return undefined;
    const { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = values;
    const tls = readTls({
      enabled: values.KAFKA_TLS,
      authorities: values.KAFKA_TLS_CA_FILE,
      certificate: values.KAFKA_TLS_CERT_FILE,
      key: values.KAFKA_TLS_KEY_FILE,
      serverName: values.KAFKA_TLS_SERVER_NAME,
    });
    return {
      brokers: values.KAFKA_BROKERS,
      clientId: values.KAFKA_CLIENT_ID,
      prefix: values.KAFKA_PREFIX ?? '',
      replicationFactor: values.KAFKA_REPLICATION_FACTOR,
      ...(tls && { tls }),
      ...(username && password && { sasl: { mechanism: values.KAFKA_SASL_MECHANISM, username, password } }),
    };
  },
});
