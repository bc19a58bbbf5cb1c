/**
 * The part of kafkajs 2.2.4 below its producer: connections to the brokers, what they say of topics and leaders, requests.
 * Its producer is not used: a request of several partitions loses records there (see kafka-producer.ts).
 */
import { createRequire } from 'node:module';
import type { KafkaJSError } from 'kafkajs';
import { type KafkaContext, kafkaClient } from './kafka-client.ts';

/** A broker's answer for one partition of a produce request. */
export interface ProducedPartition {
  readonly partition: number;
  /** 0: stored. */
  readonly errorCode: number;
}

export interface ProduceAnswer {
  readonly topics: readonly { readonly topicName: string; readonly partitions: readonly ProducedPartition[] }[];
}

/** How kafkajs writes a request and reads its answer. */
export interface Protocol<Answer> {
  readonly request: { readonly apiVersion: number; encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }> };
  readonly response: { decode(bytes: Buffer): Promise<Answer>; parse(answer: Answer): Promise<Answer> };
}

export interface Broker {
  readonly connectionPool: { send(protocol: Protocol<ProduceAnswer>): Promise<ProduceAnswer> };
  lookupRequest(api: number, definition: object): (options: object) => Protocol<ProduceAnswer>;
  initProducerId(options: {
    readonly transactionTimeout: number;
  }): Promise<{ readonly producerId: string; readonly producerEpoch: number }>;
  disconnect(): Promise<void>;
}

/** Rejects with errors of kafkajs. */
export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  isConnected(): boolean;
  /** From now on metadata is asked for this topic, too; at once if it is new. */
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  /** If what is known is too old. */
  refreshMetadataIfNecessary(): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number; readonly leader: number }[];
  findControllerBroker(): Promise<Broker>;
  /** Connects to it where nothing is connected yet. */
  findBroker(of: { readonly nodeId: number }): Promise<Broker>;
  removeBroker(at: { readonly host: string; readonly port: number }): void;
}

const require = createRequire(import.meta.url);
const kafkajs: Pick<typeof import('kafkajs'), 'KafkaJSError'> = require('kafkajs');
const { requests }: { readonly requests: { readonly Produce: object } } = require('kafkajs/src/protocol/requests');
const { createErrorFromCode }: { createErrorFromCode(code: number): KafkaJSError } = require('kafkajs/src/protocol/error');
const PRODUCE = 0;
/** A leader that went away without an answer is noticed with the next metadata. */
const METADATA_AGE_MS_MAX = 10_000;
const CREATE_CLUSTER = 'private:Kafka:createCluster';

/** Not connected yet. */
export function openCluster(context: KafkaContext): Cluster {
  const kafka = kafkaClient(context);
  const key = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === CREATE_CLUSTER);
  if (key === undefined) throw new Error(`this kafkajs has no ${CREATE_CLUSTER}`);
  const create: (options: object) => Cluster = Reflect.get(kafka, key);
  return create({ metadataMaxAge: METADATA_AGE_MS_MAX, allowAutoTopicCreation: false });
}

/** A record batch for a partition. */
export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly batch: Buffer;
}

/**
 * Sends one produce request and resolves with the error code of each partition, by `partitionName`. A partition that
 * the broker does not name is not in there.
 * @param replication_timeout_ms how long the broker waits for the replicas before it answers that it does not know
 */
export async function produce(
  broker: Broker,
  batches: readonly PartitionBatch[],
  replication_timeout_ms: number,
): Promise<ReadonlyMap<string, number>> {
  const { request, response } = broker.lookupRequest(
    PRODUCE,
    requests.Produce,
  )({ acks: -1, timeout: replication_timeout_ms, topicData: [] });
  const body = encodeProduce(batches, replication_timeout_ms);
  try {
    const { topics } = await broker.connectionPool.send({
      request: { ...request, encode: async () => ({ buf: body, buffer: body }) },
      // kafkajs' own `parse` rejects with the first partition's error and keeps those of the others to itself.
      response: { decode: response.decode, parse: async (answer) => answer },
    });
    return new Map(
      topics.flatMap(({ topicName, partitions }) => partitions.map((each) => [partitionName(topicName, each.partition), each.errorCode])),
    );
  } catch (error) {
    if (isClosedConnection(error)) await broker.disconnect();
    throw error;
  }
}

/** The body of a produce request, versions 3 to 7: transactional id (none), acks (all), timeout, topics. */
function encodeProduce(batches: readonly PartitionBatch[], timeout_ms: number): Buffer {
  const parts: Buffer[] = [];
  const head = Buffer.alloc(12);
  head.writeInt16BE(-1, 0);
  head.writeInt16BE(-1, 2);
  head.writeInt32BE(timeout_ms, 4);
  const topics = Map.groupBy(batches, ({ topic }) => topic);
  head.writeInt32BE(topics.size, 8);
  parts.push(head);
  for (const [topic, partitions] of topics) {
    const name = Buffer.from(topic);
    const topicHead = Buffer.alloc(2 + name.length + 4);
    topicHead.writeInt16BE(name.length, 0);
    name.copy(topicHead, 2);
    topicHead.writeInt32BE(partitions.length, 2 + name.length);
    parts.push(topicHead);
    for (const { partition, batch } of partitions) {
      const partitionHead = Buffer.alloc(8);
      partitionHead.writeInt32BE(partition, 0);
      partitionHead.writeInt32BE(batch.length, 4);
      parts.push(partitionHead, batch);
    }
  }
  return Buffer.concat(parts);
}

/** One name for a topic's partition. */
export function partitionName(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

/** What a broker's error code for a partition means. */
export function errorOfCode(code: number): Error {
  return createErrorFromCode(code);
}

/**
 * Whether the same request may succeed later. Where kafkajs itself tried again what may, such as to connect or to ask who
 * leads, and gave up, it says no: but only its patience ended.
 */
export function isRetriable(error: unknown): boolean {
  return error instanceof kafkajs.KafkaJSError && (error.retriable || error.name === 'KafkaJSNumberOfRetriesExceeded');
}

/** A connection that was closed while a request was under way; kafkajs names the broker in the error. */
export function isClosedConnection(error: unknown): error is KafkaJSError & { readonly host: string; readonly port: number } {
  return error instanceof kafkajs.KafkaJSError && error.name === 'KafkaJSConnectionClosedError';
}
