/** Questions to Kafka and changes of its topics, over one connection that is renewed when it fails. */
import type { Admin } from 'kafkajs';
import { type KafkaContext, kafkaClient, messageOf } from './kafka-client.ts';
import { NoSuchTopic, type PartitionLag, partitionsProblem, type TopicDefinition } from './log.ts';
import { within } from './within.ts';

/** The offsets that a partition holds: from `earliest` up to, and without, `end`. */
export interface Bounds {
  readonly earliest: number;
  readonly end: number;
}

export interface KafkaAdmin {
  /** The bounds of every partition of a topic, by partition. */
  bounds(topic: string): Promise<ReadonlyMap<number, Bounds>>;
  /** The group's offset in every partition of a topic in which it has one. */
  groupOffsets(topic: string, group: string): Promise<ReadonlyMap<number, number>>;
  lag(topic: string, group: string): Promise<readonly PartitionLag[]>;
  partitionCount(topic: string): Promise<number>;
  /** Whether the group has members now. */
  hasMembers(group: string): Promise<boolean>;
  createTopics(topics: readonly TopicDefinition[]): Promise<readonly string[]>;
  /** Resolves when a broker answers. */
  check(): Promise<void>;
  close(): Promise<void>;
}

const ATTEMPTS = 6;
const ATTEMPT_DELAY_MS = 200;
const CREATE_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;

/** Not connected yet: it connects with its first question, and anew after a failure. */
export function kafkaAdmin(context: KafkaContext): KafkaAdmin {
  let connection: Promise<Admin> | undefined;
  let closed = false;

  async function connect(): Promise<Admin> {
    const admin = kafkaClient(context, { retries: 1, initialRetryTime: ATTEMPT_DELAY_MS }).admin();
    try {
      await admin.connect();
    } catch (error) {
      const brokers = context.settings.brokers.join(', ');
      throw isConnectionError(error)
        ? new Error(`cannot connect to any broker of KAFKA_BROKERS (${brokers}): ${messageOf(error)}`, { cause: error })
        : error;
    }
    return admin;
  }

  async function disconnect(old: Promise<Admin> | undefined): Promise<void> {
    await old?.then((admin) => admin.disconnect()).catch(() => undefined);
  }

  /** Asks, and asks anew over a new connection a few times: a question has no effect, and neither has creating twice. */
  async function ask<T>(question: (admin: Admin) => Promise<T>, attempts = ATTEMPTS): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      if (closed) throw new Error('the log is closed');
      connection ??= connect();
      const used = connection;
      try {
        return await question(await used);
      } catch (error) {
        if (connection === used) {
          connection = undefined;
          void disconnect(used);
        }
        if (attempt === attempts) throw error;
        context.logger.debug({ attempt, error: messageOf(error) }, 'asking Kafka again');
        await context.clock.sleep(ATTEMPT_DELAY_MS * attempt);
      }
    }
  }

  async function partitionCounts(topics: readonly string[]): Promise<Map<string, number>> {
    const metadata = await ask((admin) => admin.fetchTopicMetadata({ topics: [...topics] }));
    return new Map(metadata.topics.map(({ name, partitions }) => [name, partitions.length]));
  }

  /** Whether the brokers answer, and have no such topic. */
  async function isMissing(topic: string): Promise<boolean> {
    const topics = await ask((admin) => admin.listTopics(), 1).catch(() => undefined);
    return topics !== undefined && !topics.includes(topic);
  }

  async function create(topic: TopicDefinition): Promise<boolean> {
    const request = {
      topic: topic.name,
      numPartitions: topic.partitions,
      replicationFactor: context.settings.replicationFactor,
      configEntries: [
        { name: 'cleanup.policy', value: topic.cleanup },
        { name: 'retention.ms', value: String(topic.retention_ms) },
      ],
    };
    try {
      // Not waiting for leaders: kafkajs would fail, after the creation, where a broker has not heard of the topic yet.
      return await ask((admin) => admin.createTopics({ topics: [request], waitForLeaders: false, timeout: CREATE_TIMEOUT_MS }), 2);
    } catch (error) {
      const reasons = error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : [error];
      const copies = `${request.replicationFactor} copies (KAFKA_REPLICATION_FACTOR)`;
      throw new Error(`could not create topic ${topic.name} with ${copies}: ${reasons.map(messageOf).join('; ')}`, { cause: error });
    }
  }

  const admin: KafkaAdmin = {
    async bounds(topic) {
      const offsets = await ask((client) => client.fetchTopicOffsets(topic));
      return new Map(offsets.map(({ partition, low, high }) => [partition, { earliest: Number(low), end: Number(high) }]));
    },
    async groupOffsets(topic, group) {
      const answer = await ask((client) => client.fetchOffsets({ groupId: group, topics: [topic] }));
      const offsets = answer.flatMap(({ partitions }) => partitions.map(({ partition, offset }) => [partition, Number(offset)] as const));
      // Kafka says -1 where a group has no offset.
      return new Map(offsets.filter(([, offset]) => offset >= 0));
    },
    async lag(topic, group) {
      const [bounds, offsets] = await Promise.all([admin.bounds(topic), admin.groupOffsets(topic, group)]).catch(async (error: unknown) => {
        throw isUnknownTopic(error) && (await isMissing(topic)) ? new NoSuchTopic(topic, { cause: error }) : error;
      });
      return [...bounds]
        .sort(([a], [b]) => a - b)
        .map(([partition, { earliest, end }]) => {
          const groupOffset = offsets.get(partition);
          return { partition, groupOffset, endOffset: end, records: Math.max(0, end - Math.max(groupOffset ?? 0, earliest)) };
        });
    },
    async partitionCount(topic) {
      const count = (await partitionCounts([topic])).get(topic) ?? 0;
      if (count === 0) throw new Error(`topic ${topic} has no partitions`);
      return count;
    },
    async hasMembers(group) {
      const { groups } = await ask((client) => client.describeGroups([group]));
      return groups.some(({ members }) => members.length > 0);
    },
    async createTopics(topics) {
      const existing = new Set(await ask((client) => client.listTopics()));
      const created: string[] = [];
      for (const topic of topics) {
        if (!existing.has(topic.name) && (await create(topic))) created.push(topic.name);
      }
      const counts = topics.length === 0 ? new Map<string, number>() : await partitionCounts(topics.map(({ name }) => name));
      const wrong = topics.filter(({ name, partitions }) => counts.get(name) !== partitions);
      if (wrong.length > 0) {
        throw new Error(wrong.map((topic) => partitionsProblem(topic, counts.get(topic.name))).join('; '));
      }
      return created;
    },
    async check() {
      await ask((client) => client.describeCluster(), 2);
    },
    async close() {
      closed = true;
      await within(context.clock, CLOSE_TIMEOUT_MS, disconnect(connection)).catch(() => undefined);
    },
  };
  return admin;
}

/** Whether a broker said so, be it under kafkajs' own words. It says the same while it has not heard of a new topic yet. */
function isUnknownTopic(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('type' in error && error.type === 'UNKNOWN_TOPIC_OR_PARTITION') || isUnknownTopic(error.cause);
}

/** Of kafkajs, which names a broker that it could not reach; others, such as a wrong password, speak for themselves. */
function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return /^KafkaJSConnection(Closed)?Error$/.test(error.name) || isConnectionError(error.cause);
}
