/** How a client of Kafka is set up, for appending, consuming and administration alike. */
import { Kafka, type KafkaConfig, type LogEntry, logLevel, type RetryOptions } from 'kafkajs';
import type { Clock } from '#platform/clock/clock.ts';
import type { KafkaSettings as ConfiguredKafka, SaslSettings } from '#platform/config/kafka.ts';
import type { TlsSettings } from '#platform/config/tls.ts';
import { quietKafkajsTimers } from './kafka-timers.ts';

/** Where Kafka is, how to speak to it, and how long to wait for it. A replicationFactor of -1 leaves the number to the brokers. */
export interface KafkaSettings extends Omit<ConfiguredKafka, 'prefix'> {
  /** How long a member of a group may be silent until its partitions go to others; 10 s where absent, Kafka's minimum is 6 s. */
  readonly session_timeout_ms?: number;
  /** How long `append` tries until it calls a record's fate unknown; 30 s where absent. */
  readonly append_timeout_ms?: number;
}

/** What the adapter tells. A pino logger is one. */
export interface KafkaLogger {
  warn(details: object, message: string): void;
  debug(details: object, message: string): void;
}

/** What every part of the adapter works with. */
export interface KafkaContext {
  readonly settings: KafkaSettings;
  readonly clock: Clock;
  readonly logger: KafkaLogger;
}

const CONNECTION_TIMEOUT_MS = 3_000;
/** Longer than a broker waits for the replicas of a write, so that its answer, which says more, comes first. */
export const REQUEST_TIMEOUT_MS = 10_000;

/** kafkajs retries inside of one call; the adapter's own loops go on where these end. */
export const BRIEF_RETRY: RetryOptions = { initialRetryTime: 100, multiplier: 2, factor: 0.2, maxRetryTime: 1_600, retries: 5 };

/**
 * A client of its own for one producer, consumer or administrator. Never shared: kafkajs keeps the committed offsets of a
 * group once for each client, so that two consumers of one client would mix theirs up.
 */
export function kafkaClient({ settings, logger }: KafkaContext, retry: RetryOptions = BRIEF_RETRY): Kafka {
  quietKafkajsTimers();
  return new Kafka({
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry,
    logLevel: logLevel.WARN,
    // kafkajs reports as errors what it then retries. The adapter itself warns of what has consequences.
    logCreator: () => (entry) => logger.debug(detailsOf(entry), `kafkajs: ${entry.log.message}`),
    ...(settings.tls === undefined ? {} : { ssl: tlsOptions(settings.tls) }),
    ...(settings.sasl === undefined ? {} : { sasl: saslOptions(settings.sasl) }),
  });
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function detailsOf({ namespace, label, log }: LogEntry): object {
  const { message: _, timestamp: __, ...details } = log;
  return { ...details, namespace, kafkajsLevel: label };
}

function tlsOptions(tls: TlsSettings): Exclude<KafkaConfig['ssl'], boolean | undefined> {
  return {
    ...(tls.authorities === undefined ? {} : { ca: [tls.authorities] }),
    ...(tls.identity === undefined ? {} : { cert: tls.identity.certificate, key: tls.identity.key }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  };
}

function saslOptions({ mechanism, username, password }: SaslSettings): NonNullable<KafkaConfig['sasl']> {
  // One branch a mechanism: kafkajs tells its options apart by the literal.
  return mechanism === 'scram-sha-256' ? { mechanism, username, password } : { mechanism, username, password };
}
