/** Two ways to append to Kafka, side by side: the log's own, and kafkajs as its documentation shows it. */
import { Kafka, logLevel } from 'kafkajs';
import { systemClock } from '#platform/clock/clock.ts';
import { openKafkaLog } from '#platform/log/kafka.ts';
import type { Log, NewRecord } from '#platform/log/log.ts';

/** Appends records of many partitions; resolved: whoever calls takes them for durable. */
export interface Appender {
  append(records: readonly NewRecord[]): Promise<void>;
  close(): Promise<void>;
}

export function openLog(brokers: readonly string[]): Log {
  return openKafkaLog({ brokers, clientId: 'remedied', replicationFactor: 3 }, systemClock);
}

/** One `send` for all partitions, tried again by kafkajs for as long as a new leader takes. */
export async function openPlainProducer(brokers: readonly string[], topic: string, idempotent: boolean): Promise<Appender> {
  const kafka = new Kafka({ brokers: [...brokers], clientId: 'plain', logLevel: logLevel.NOTHING, retry: { retries: 12 } });
  const producer = kafka.producer({ idempotent });
  await producer.connect();
  return {
    async append(records) {
      const messages = records.map(({ key, value, timestamp_ms }) => ({ key, value: String(value), timestamp: String(timestamp_ms) }));
      await producer.send({ topic, acks: -1, messages });
    },
    close: () => producer.disconnect(),
  };
}

/** What a stream of records was told, by their values. */
export interface Stream {
  readonly acknowledged: readonly string[];
  /** Ends it when everything under way is decided. */
  end(): Promise<void>;
}

/** Calls under way at once, and the records of each: of as many keys, so that they go to every partition. */
const SENDERS = 6;
const RECORDS = 40;
const PAUSE_MS = 50;

/** Appends until it is ended. Every value is appended by one call only. */
export function startStream({ append }: Pick<Appender, 'append'>): Stream {
  const acknowledged: string[] = [];
  const ending = new AbortController();
  let next = 0;
  const senders = Array.from({ length: SENDERS }, async () => {
    while (!ending.signal.aborted) {
      const values = Array.from({ length: RECORDS }, () => String(next++));
      const records = values.map((value) => ({ key: `user-${value}`, value, timestamp_ms: systemClock.now_ms() }));
      await append(records).then(
        () => acknowledged.push(...values),
        () => undefined,
      );
      await systemClock.sleep(PAUSE_MS, ending.signal);
    }
  });
  return {
    acknowledged,
    async end() {
      ending.abort();
      await Promise.all(senders);
    },
  };
}
