/**
 * An idempotent producer for all partitions, on the connections of kafkajs, that is replaced when it can no longer be trusted.
 *
 * Why not the producer of kafkajs 2.2.4:
 * - A `send` of several partitions that is retried skips those whose leader moved to a broker that had answered already,
 *   and resolves (tulios/kafkajs#1303). One of a single partition costs a request for each.
 * - When some partitions of a request are refused it takes back the sequence numbers of all, and gives them to whatever
 *   is sent next. The broker drops that as a repetition of what it stored.
 *
 * So here each partition is tried by itself, although requests are shared (kafka-leader.ts): a batch gets its sequence
 * numbers once, keeps its very bytes through every attempt, whoever leads the partition then, and counts as stored only
 * by an answer that names the partition. If its fate stays unknown, nothing new is sent with that producer id.
 */
import { type BatchRecord, encodeBatch } from './kafka-batch.ts';
import { type KafkaContext, messageOf } from './kafka-client.ts';
import { type Cluster, errorOfCode, isClosedConnection, isRetriable, partitionName, produce } from './kafka-cluster.ts';
import { type Leader, leader } from './kafka-leader.ts';
import { within } from './within.ts';

export interface SafeProducer {
  /**
   * Stores records of one partition, for which nothing else may be under way. Resolved: the leader and its in-sync replicas hold them,
   * once. Rejected, at the deadline at the latest: they may be stored, now or later.
   * @param deadline_ms on the monotonic clock
   */
  send(topic: string, partition: number, records: readonly BatchRecord[], deadline_ms: number): Promise<void>;
  /** Disconnects, once what is under way has ended. */
  close(): Promise<void>;
}

/** A producer id as Kafka gave it out, with its connections and sequence numbers. */
interface Session {
  readonly cluster: Cluster;
  /** Undefined until the producer id is there. */
  identity: Identity | undefined;
  readonly started: Promise<Identity>;
  /** On the monotonic clock: one without a producer id by then hangs. */
  readonly startBy_ms: number;
  readonly ended: PromiseWithResolvers<void>;
  /** Topics that it asks metadata for. */
  readonly topics: Set<string>;
  /** By node id. */
  readonly leaders: Map<number, Leader>;
  /** The next sequence number of each partition, by `partitionName`. */
  readonly sequences: Map<string, number>;
  /** Batches whose fate is open. */
  sending: number;
  sent: number;
  /** Nothing new is sent with it any more; it disconnects with the end of its last batch. */
  retired: boolean;
}

interface Identity {
  readonly producerId: bigint;
  readonly epoch: number;
}

/** How long a leader waits for the replicas of a write until it answers that it does not know. */
const REPLICATION_TIMEOUT_MS = 8_000;
const RETRY_DELAY_MS_MIN = 100;
const RETRY_DELAY_MS_MAX = 1_000;
const CONNECT_DELAY_MS = 500;
/** About as long as kafkajs tries to connect to a broker that says nothing. */
const START_TIMEOUT_MS = 60_000;
const CLOSE_TIMEOUT_MS = 5_000;
/** Kafka asks for one with a producer id; without transactions it means nothing. */
const TRANSACTION_TIMEOUT_MS = 60_000;
const LEADER_NOT_AVAILABLE = 5;
/** Sequence numbers end at 2^31: never that far. */
const RECORDS_MAX = 2 ** 30;

/** @param openCluster connections of their own for each producer id */
export function safeProducer({ clock, logger }: Pick<KafkaContext, 'clock' | 'logger'>, openCluster: () => Cluster): SafeProducer {
  let current: Session | undefined;
  const open = new Set<Session>();

  function start(topic: string): Session {
    const cluster = openCluster();
    const session: Session = {
      cluster,
      identity: undefined,
      started: identify(cluster, topic),
      startBy_ms: clock.monotonic_ms() + START_TIMEOUT_MS,
      ended: Promise.withResolvers<void>(),
      topics: new Set(),
      leaders: new Map(),
      sequences: new Map(),
      sending: 0,
      sent: 0,
      retired: false,
    };
    open.add(session);
    session.started.catch(() => retire(session));
    return session;
  }

  /** Lets nothing new be sent with a session, and ends it when the fate of its batches is decided. */
  function retire(session: Session): void {
    if (current === session) current = undefined;
    session.retired = true;
    if (session.sending > 0 || !open.delete(session)) return;
    const disconnected = session.started.catch(() => undefined).then(() => session.cluster.disconnect());
    void disconnected.catch(() => undefined).then(() => session.ended.resolve());
  }

  /** Sees to it that the session in use has its producer id. One that gets none is retired; one that is only too late for this caller goes on for the others. */
  async function connect(topic: string, deadline_ms: number): Promise<void> {
    current ??= start(topic);
    const session = current;
    try {
      session.identity = await within(clock, deadline_ms - clock.monotonic_ms(), session.started);
    } catch (error) {
      if (clock.monotonic_ms() > session.startBy_ms) retire(session);
      if (clock.monotonic_ms() + CONNECT_DELAY_MS > deadline_ms) throw error;
      logger.debug({ error: messageOf(error) }, 'connecting a Kafka producer again');
      await clock.sleep(CONNECT_DELAY_MS);
    }
  }

  /** Sends a batch until it is stored, or refused for good, or late. It may outlive whoever waits for it. */
  async function deliver(session: Session, topic: string, partition: number, batch: Buffer, deadline_ms: number): Promise<void> {
    session.sending += 1;
    try {
      for (let delay_ms = RETRY_DELAY_MS_MIN; ; delay_ms = Math.min(2 * delay_ms, RETRY_DELAY_MS_MAX)) {
        try {
          return await attempt(session, topic, partition, batch, deadline_ms);
        } catch (error) {
          if (!isRetriable(error) || clock.monotonic_ms() + delay_ms > deadline_ms) throw error;
          logger.debug({ topic, partition, error: messageOf(error) }, 'sending records to Kafka again');
          // At once: after the pause the broker may be connected anew, for another partition.
          if (isClosedConnection(error)) session.cluster.removeBroker(error);
          await clock.sleep(delay_ms);
          await recover(session.cluster);
        }
      }
    } finally {
      session.sending -= 1;
      if (session.retired) retire(session);
    }
  }

  async function attempt(session: Session, topic: string, partition: number, batch: Buffer, deadline_ms: number): Promise<void> {
    const { cluster, topics } = session;
    if (!topics.has(topic)) await cluster.addTargetTopic(topic);
    topics.add(topic);
    // kafkajs refuses metadata as a whole where one partition has no leader, or one topic is gone: who is known to lead goes on meanwhile.
    const refreshed = cluster.refreshMetadataIfNecessary();
    refreshed.catch(() => undefined);
    if (leaderIdOf(cluster, topic, partition) === undefined) await refreshed;
    const code = await leaderOf(session, topic, partition).produce({ topic, partition, batch }, deadline_ms);
    if (code !== 0) throw errorOfCode(code);
  }

  function leaderOf(session: Session, topic: string, partition: number): Leader {
    const { cluster, leaders } = session;
    const nodeId = leaderIdOf(cluster, topic, partition);
    if (nodeId === undefined) throw errorOfCode(LEADER_NOT_AVAILABLE);
    let found = leaders.get(nodeId);
    if (found === undefined) {
      found = leader(clock, async (batches) => produce(await cluster.findBroker({ nodeId }), batches, REPLICATION_TIMEOUT_MS));
      leaders.set(nodeId, found);
    }
    return found;
  }

  /** The records as a batch with their sequence numbers, which are never given again. */
  function number(session: Session, identity: Identity, topic: string, partition: number, records: readonly BatchRecord[]): Buffer {
    const name = partitionName(topic, partition);
    const firstSequence = session.sequences.get(name) ?? 0;
    // Before the numbers are taken: records that make no batch must leave no gap in them.
    const batch = encodeBatch(records, { ...identity, firstSequence });
    session.sequences.set(name, firstSequence + records.length);
    session.sent += records.length;
    return batch;
  }

  return {
    async send(topic, partition, records, deadline_ms) {
      while (current?.identity === undefined) await connect(topic, deadline_ms);
      // No pause from here on until the batch has its sequence numbers: the session may be another one after it.
      const session = current;
      const delivered = deliver(session, topic, partition, number(session, current.identity, topic, partition, records), deadline_ms);
      if (session.sent > RECORDS_MAX) retire(session);
      try {
        await within(clock, deadline_ms - clock.monotonic_ms(), delivered);
      } catch (error) {
        logger.warn(
          { topic, partition, records: records.length, error: messageOf(error) },
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

/** The node that leads a partition, as far as is known. */
function leaderIdOf(cluster: Cluster, topic: string, partition: number): number | undefined {
  return cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition)?.leader;
}

/** Connects, and asks for a producer id. */
async function identify(cluster: Cluster, topic: string): Promise<Identity> {
  await cluster.connect();
  await cluster.addTargetTopic(topic);
  const broker = await cluster.findControllerBroker();
  const { producerId, producerEpoch } = await broker.initProducerId({ transactionTimeout: TRANSACTION_TIMEOUT_MS });
  return { producerId: BigInt(producerId), epoch: producerEpoch };
}

/** After a failure: connects again where nothing is connected, and asks who leads now. What fails here fails the next attempt, too. */
async function recover(cluster: Cluster): Promise<void> {
  try {
    if (!cluster.isConnected()) await cluster.connect();
    await cluster.refreshMetadata();
  } catch {}
}
