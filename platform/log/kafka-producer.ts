/**
 * One idempotent producer of kafkajs that is replaced when it can no longer be trusted.
 *
 * What kafkajs 2.2.4 does, and what follows from it:
 * - A `send` of several partitions that is retried skips those whose leader moved to a broker that had answered already,
 *   and resolves (tulios/kafkajs#1303). So each send is one partition's, and its answer has to name that partition.
 * - When a send fails for good, kafkajs gives its sequence numbers to whatever is sent next. The broker may have stored
 *   the failed records, and would then drop the next ones as repetitions of them. So that producer never sends again.
 * - A producer holds a lock for each broker while it sends: one request at a time to each.
 */
import type { Message, Producer } from 'kafkajs';
import { type KafkaContext, kafkaClient, messageOf } from './kafka-client.ts';
import { within } from './within.ts';

export interface SafeProducer {
  /**
   * Sends records of one partition. Resolved: the leader and its in-sync replicas hold them, once. Rejected, after
   * `patience_ms` at the latest: they may be stored, now or later.
   */
  send(topic: string, partition: number, messages: readonly Message[], patience_ms: number): Promise<void>;
  /** Disconnects, once kafkajs has ended what it still does. */
  close(): Promise<void>;
}

/** One producer of kafkajs, with its own producer id and sequence numbers. */
interface Session {
  readonly producer: Producer;
  readonly connected: Promise<void>;
  readonly ended: PromiseWithResolvers<void>;
  /** Sends that kafkajs has not ended. */
  sending: number;
  sent: number;
  /** Nothing is sent with it any more; it disconnects with the end of its last send. */
  retired: boolean;
}

/** How long a leader waits for the replicas of a write until it answers that it does not know. */
const REPLICATION_TIMEOUT_MS = 8_000;
/** A leader that went away without an answer is noticed with the next metadata. */
const METADATA_AGE_MS_MAX = 10_000;
const RETRY_DELAYS = { initialRetryTime: 100, multiplier: 2, factor: 0.2, maxRetryTime: 1_000 } as const;
const CONNECT_DELAY_MS = 500;
const CLOSE_TIMEOUT_MS = 5_000;
/** Sequence numbers end at 2^31, and kafkajs starts them again one too early: never that far. */
const RECORDS_MAX = 2 ** 30;

/** @param send_timeout_ms how long a send may take at most */
export function safeProducer(context: KafkaContext, send_timeout_ms: number): SafeProducer {
  const { clock, logger } = context;
  let current: Session | undefined;
  const open = new Set<Session>();

  function start(): Session {
    // kafkajs goes on trying for about as long as a caller waits: one retry a second, save for the first ones.
    const retry = { ...RETRY_DELAYS, retries: Math.ceil(send_timeout_ms / RETRY_DELAYS.maxRetryTime) };
    const producer = kafkaClient(context, retry).producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      metadataMaxAge: METADATA_AGE_MS_MAX,
      createPartitioner: () => (record) => record.message.partition ?? 0,
    });
    const session = { producer, connected: producer.connect(), ended: Promise.withResolvers<void>(), sending: 0, sent: 0, retired: false };
    open.add(session);
    return session;
  }

  /** Lets nothing more be sent with a session, and ends it when kafkajs has ended its sends. */
  function retire(session: Session): void {
    if (current === session) current = undefined;
    session.retired = true;
    if (session.sending > 0 || !open.delete(session)) return;
    const disconnected = session.connected.then(() => session.producer.disconnect());
    void disconnected.catch(() => undefined).then(() => session.ended.resolve());
  }

  /** The session in use, connected. One that does not connect is replaced: nothing was sent with it. */
  async function connect(deadline_ms: number): Promise<Session> {
    for (;;) {
      current ??= start();
      const session = current;
      try {
        await within(clock, deadline_ms - clock.monotonic_ms(), session.connected);
        if (!session.retired) return session;
      } catch (error) {
        retire(session);
        if (clock.monotonic_ms() + CONNECT_DELAY_MS > deadline_ms) throw error;
        logger.debug({ error: messageOf(error) }, 'connecting a Kafka producer again');
        await clock.sleep(CONNECT_DELAY_MS);
      }
    }
  }

  /** One send of kafkajs, its retries included, that may outlive whoever waits for it. */
  async function deliver(session: Session, topic: string, partition: number, messages: readonly Message[]): Promise<void> {
    session.sending += 1;
    session.sent += messages.length;
    if (session.sent > RECORDS_MAX) retire(session);
    try {
      const answers = await session.producer.send({ topic, acks: -1, timeout: REPLICATION_TIMEOUT_MS, messages: [...messages] });
      const [answer] = answers;
      const stored = answers.length === 1 && answer?.topicName === topic && answer.partition === partition && answer.errorCode === 0;
      if (!stored) throw new Error(`Kafka did not answer for partition ${partition} of ${topic}`);
    } finally {
      session.sending -= 1;
      if (session.retired) retire(session);
    }
  }

  return {
    async send(topic, partition, messages, patience_ms) {
      const deadline_ms = clock.monotonic_ms() + patience_ms;
      const session = await connect(deadline_ms);
      try {
        await within(clock, deadline_ms - clock.monotonic_ms(), deliver(session, topic, partition, messages));
      } catch (error) {
        logger.warn(
          { topic, partition, records: messages.length, error: messageOf(error) },
          'replacing a Kafka producer that failed to send',
        );
        retire(session);
        throw error;
      }
    },
    async close() {
      const sessions = [...open];
      for (const session of sessions) retire(session);
      await within(clock, CLOSE_TIMEOUT_MS, Promise.all(sessions.map(({ ended }) => ended.promise))).catch(() => undefined);
    },
  };
}
