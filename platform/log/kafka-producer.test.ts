import { KafkaJSConnectionError, KafkaJSNumberOfRetriesExceeded } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { systemClock as clock } from '#platform/clock/clock.ts';
import type { BatchRecord } from './kafka-batch.ts';
import { type Broker, type Cluster, errorOfCode, type ProduceAnswer } from './kafka-cluster.ts';
import { measuredHeaders } from './kafka-headers.ts';
import { safeProducer } from './kafka-producer.ts';

const NOT_LEADER = 6;
const OUT_OF_ORDER_SEQUENCE = 45;
const PARTITIONS = [0, 1, 2, 3];

/** What a broker was sent for a partition. */
interface Sent {
  readonly node: number;
  readonly partition: number;
  readonly producerId: number;
  readonly sequence: number;
  readonly records: number;
  readonly bytes: string;
}

/** What a broker does with a request: error codes by partition, undefined for none in the answer; or it throws, or never answers. */
type Answer = (sent: readonly Sent[], request: number) => Promise<Readonly<Record<number, number | undefined>>>;

/** Reads a produce request of one topic. */
function read(body: Buffer, node: number): Sent[] {
  const sent: Sent[] = [];
  let at = 12 + 2 + body.readInt16BE(12);
  const count = body.readInt32BE(at);
  at += 4;
  while (sent.length < count) {
    const size = body.readInt32BE(at + 4);
    const batch = body.subarray(at + 8, at + 8 + size);
    sent.push({
      node,
      partition: body.readInt32BE(at),
      producerId: Number(batch.readBigInt64BE(43)),
      sequence: batch.readInt32BE(53),
      records: batch.readInt32BE(57),
      bytes: batch.toString('hex'),
    });
    at += 8 + size;
  }
  expect(at).toBe(body.length);
  return sent;
}

/** A producer before brokers that answer as the test says; odd partitions are led by node 1, the others by node 2, until `leaders` says otherwise. */
function given(answer: Answer, own: Partial<Cluster> = {}) {
  const sent: Sent[] = [];
  const leaders = new Map(PARTITIONS.map((partition) => [partition, partition % 2 === 1 ? 1 : 2]));
  let requests = 0;
  let producers = 0;
  const broker = (node: number): Broker => ({
    connectionPool: {
      async send({ request, response }) {
        const { buffer } = await request.encode();
        const partitions = read(buffer, node);
        sent.push(...partitions);
        const codes = await answer(partitions, requests++);
        const named = Object.entries(codes).flatMap(([partition, errorCode]) =>
          errorCode === undefined ? [] : [{ partition: Number(partition), errorCode }],
        );
        return response.parse({ topics: [{ topicName: 't', partitions: named }] });
      },
    },
    lookupRequest: () => () => ({
      request: { apiVersion: 7, encode: () => Promise.reject(new Error('the request of kafkajs is not used')) },
      response: { decode: () => Promise.reject(new Error('nothing to decode')), parse: async (parsed: ProduceAnswer) => parsed },
    }),
    initProducerId: async () => ({ producerId: String(++producers), producerEpoch: 0 }),
    disconnect: async () => undefined,
  });
  const cluster: Cluster = {
    connect: async () => undefined,
    disconnect: async () => undefined,
    isConnected: () => true,
    addTargetTopic: async () => undefined,
    refreshMetadata: async () => undefined,
    refreshMetadataIfNecessary: async () => undefined,
    findTopicPartitionMetadata: () => [...leaders].map(([partitionId, leader]) => ({ partitionId, leader })),
    findControllerBroker: async () => broker(1),
    findBroker: async ({ nodeId }) => broker(nodeId),
    removeBroker: () => undefined,
    ...own,
  };
  const producer = safeProducer({ clock, logger: { warn: () => undefined, debug: () => undefined } }, () => cluster);
  const sendRecords = (partition: number, records: readonly BatchRecord[], patience_ms = 60_000) =>
    producer.send('t', partition, records, clock.monotonic_ms() + patience_ms);
  return {
    sent,
    leaders,
    sendRecords,
    send: (partition: number, records = 1, patience_ms?: number) =>
      sendRecords(partition, Array<BatchRecord>(records).fill(RECORD), patience_ms),
    /** What was sent for a partition, without the bytes. */
    of: (partition: number) => sent.filter((each) => each.partition === partition).map(({ bytes: _, partition: __, ...rest }) => rest),
  };
}

const RECORD: BatchRecord = { key: 'k', keyBytes: 1, value: 'v', valueBytes: 1, timestamp_ms: 0, headers: measuredHeaders() };
/** A batch by the first producer id, then one by the second, which begins again. */
const ANEW = [
  { producerId: 1, sequence: 0 },
  { producerId: 2, sequence: 0 },
];
const allStored: Answer = async (sent) => Object.fromEntries(sent.map(({ partition }) => [partition, 0]));

describe('the producer', () => {
  it('numbers the records of each partition by itself', async () => {
    const { send, of } = given(allStored);
    await Promise.all([send(0, 3), send(1, 2)]);
    await Promise.all([send(0, 1), send(1, 5)]);
    expect(of(0)).toEqual([
      { node: 2, producerId: 1, sequence: 0, records: 3 },
      { node: 2, producerId: 1, sequence: 3, records: 1 },
    ]);
    expect(of(1)).toEqual([
      { node: 1, producerId: 1, sequence: 0, records: 2 },
      { node: 1, producerId: 1, sequence: 2, records: 5 },
    ]);
  });

  it('sends only what was refused again, byte for byte, to whoever leads now, even a broker that answered already (tulios/kafkajs#1303)', async () => {
    const { send, sent, of, leaders } = given(async (batches, request) => {
      if (request > 1) return allStored(batches, request);
      return Object.fromEntries(batches.map(({ partition }) => [partition, partition === 0 ? NOT_LEADER : 0]));
    });
    const sends = Promise.all([send(0, 2), send(1), send(2)]);
    while (sent.length < 3) await clock.sleep(1);
    leaders.set(0, 1);
    await sends;
    expect(of(0)).toEqual([
      { node: 2, producerId: 1, sequence: 0, records: 2 },
      { node: 1, producerId: 1, sequence: 0, records: 2 },
    ]);
    const [first, again] = sent.filter(({ partition }) => partition === 0);
    expect(again?.bytes).toBe(first?.bytes);
    await Promise.all([send(0), send(1), send(2)]);
    expect(of(0).at(-1)).toMatchObject({ producerId: 1, sequence: 2 });
    expect(of(1).map(({ sequence }) => sequence)).toEqual([0, 1]);
    expect(of(2).map(({ sequence }) => sequence)).toEqual([0, 1]);
  });

  it('never gives the numbers of records whose fate is unknown to others: a refusal for good ends the producer id', async () => {
    const { send, of } = given(async (batches, request) => {
      if (request > 0) return allStored(batches, request);
      return Object.fromEntries(batches.map(({ partition }) => [partition, partition === 0 ? OUT_OF_ORDER_SEQUENCE : 0]));
    });
    const [refused, stored] = await Promise.allSettled([send(0), send(2)]);
    expect(refused).toMatchObject({ status: 'rejected', reason: errorOfCode(OUT_OF_ORDER_SEQUENCE) });
    expect(stored.status).toBe('fulfilled');
    await Promise.all([send(0), send(2)]);
    for (const partition of [0, 2]) expect(of(partition)).toMatchObject(ANEW);
  });

  it('does so without an answer, too, and lets the other partitions end with the old one', async () => {
    const answered = Promise.withResolvers<void>();
    const { send, sent, of } = given(async (batches, request) => {
      if (batches.some(({ partition, producerId }) => partition === 0 && producerId === 1)) await new Promise(() => undefined);
      if (request < 2) await answered.promise;
      return allStored(batches, request);
    });
    const silent = send(0, 1, 200);
    const slow = send(1);
    while (sent.length < 2) await clock.sleep(1);
    await expect(silent).rejects.toThrow('no answer');
    await send(0);
    answered.resolve();
    await slow;
    await send(1);
    expect(of(0)).toMatchObject(ANEW);
    expect(of(1)).toMatchObject(ANEW);
  });

  it('sends to who is known to lead, while metadata is refused as a whole', async () => {
    const { send, of } = given(allStored, {
      refreshMetadataIfNecessary: () => Promise.reject(new Error('there is no leader for some other partition')),
    });
    await send(0);
    expect(of(0)).toMatchObject([{ node: 2, sequence: 0 }]);
  });

  it('goes on where kafkajs has given up: nothing was refused', async () => {
    let asked = 0;
    const { send, of } = given(allStored, {
      async refreshMetadataIfNecessary() {
        if (asked++ > 0) return;
        throw new KafkaJSNumberOfRetriesExceeded(new KafkaJSConnectionError('ECONNREFUSED'), { retryCount: 5, retryTime: 1_600 });
      },
    });
    await send(0);
    expect(of(0)).toMatchObject([{ producerId: 1, sequence: 0 }]);
  });

  it('goes on connecting for the others when the time of one has come', async () => {
    const connected = Promise.withResolvers<void>();
    let connections = 0;
    const { send, of } = given(allStored, {
      connect() {
        connections += 1;
        return connected.promise;
      },
    });
    const patient = send(1);
    await expect(send(0, 1, 20)).rejects.toThrow('no answer');
    connected.resolve();
    await patient;
    expect(connections).toBe(1);
    expect(of(0)).toEqual([]);
  });

  it('connects again where that failed', async () => {
    let connections = 0;
    const { send, of } = given(allStored, {
      async connect() {
        if (connections++ === 0) throw new KafkaJSConnectionError('ECONNREFUSED');
      },
    });
    await send(0);
    expect(of(0)).toMatchObject([{ producerId: 1, sequence: 0 }]);
  });

  it('gives no numbers to records that make no batch: the next ones leave no gap', async () => {
    const { send, sendRecords, of } = given(allStored);
    await send(0, 2);
    await expect(sendRecords(0, [RECORD, { ...RECORD, timestamp_ms: Number.NaN }])).rejects.toThrow(RangeError);
    await send(0, 1);
    expect(of(0)).toMatchObject([
      { producerId: 1, sequence: 0 },
      { producerId: 1, sequence: 2 },
    ]);
  });

  it('does not take a partition for stored that the answer does not name', async () => {
    const { send } = given(async () => ({ 0: undefined, 2: 0 }));
    const [unnamed, named] = await Promise.allSettled([send(0), send(2)]);
    expect(unnamed).toMatchObject({ status: 'rejected', reason: { message: 'Kafka did not answer for partition 0 of t' } });
    expect(named.status).toBe('fulfilled');
  });
});
