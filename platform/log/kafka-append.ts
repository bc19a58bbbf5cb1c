/**
 * Appending to Kafka: concurrent calls share batches, one batch at a time for each partition. What a call still has in a partition
 * behind a batch whose fate is unknown is never sent, and is unknown with it: see `append` in log.ts.
 */
import type { Clock } from '#platform/clock/clock.ts';
import type { Queue } from '#platform/metrics/queue.ts';
import { type BatchRecord, sizeInBatch } from './kafka-batch.ts';
import type { KafkaSettings } from './kafka-client.ts';
import { partitionName } from './kafka-cluster.ts';
import { measuredHeaders } from './kafka-headers.ts';
import type { SafeProducer } from './kafka-producer.ts';
import { AppendFailed, type NewRecord, RECORD_BYTES_MAX } from './log.ts';
import { partitionOf } from './partition.ts';
import { checkSizes } from './record-size.ts';
import { within } from './within.ts';

export interface KafkaAppender {
  append(topic: string, records: readonly NewRecord[]): Promise<void>;
  /** Bytes of the records that are not settled yet; above `limit` more are refused. */
  readonly queue: Queue;
  /** Takes no more records, waits for those under way, disconnects. */
  close(): Promise<void>;
}

/** One call of `append`: it ends when the last of its records is settled. */
interface Call {
  readonly deadline_ms: number;
  readonly unknown: Set<number>;
  cause: unknown;
  open: number;
  readonly done: PromiseWithResolvers<void>;
}

/** A record that waits for its batch to be stored. */
interface Waiting extends BatchRecord {
  readonly bytes: number;
  readonly call: Call;
  readonly index: number;
}

/** Records that are sent, and stored, together. */
interface Batch {
  readonly records: Waiting[];
  bytes: number;
}

/** What waits for one partition, cut into batches; `sending` while one of them is under way. */
interface PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  readonly batches: Batch[];
  sending: boolean;
}

const APPEND_TIMEOUT_MS_DEFAULT = 30_000;
/** A record that is larger, with its own fields, is a batch by itself. */
const BATCH_BYTES_MAX = RECORD_BYTES_MAX;
/** Encoded in one go, while nothing else runs. */
const BATCH_RECORDS_MAX = 500;
/** What may wait in memory for a Kafka that is slow or away; more is refused. */
const WAITING_BYTES_MAX = 64 * 1024 * 1024;

/**
 * @param partitionCount how many partitions a topic has; asked once a topic, because the number is fixed for life
 * @param producer theirs from now on: closing the appender closes it
 */
export function kafkaAppender(
  { clock, settings }: { readonly clock: Clock; readonly settings: Pick<KafkaSettings, 'append_timeout_ms'> },
  partitionCount: (topic: string) => Promise<number>,
  producer: SafeProducer,
): KafkaAppender {
  const timeout_ms = settings.append_timeout_ms ?? APPEND_TIMEOUT_MS_DEFAULT;
  /** Partitions of each topic that was asked for; a number once it is known. */
  const counts = new Map<string, number | Promise<number>>();
  const queues = new Map<string, PartitionQueue>();
  const calls = new Set<Promise<void>>();
  let waitingBytes = 0;
  let closed = false;

  function countOf(topic: string): number | Promise<number> {
    const known = counts.get(topic);
    if (known !== undefined) return known;
    const asked = partitionCount(topic);
    counts.set(topic, asked);
    asked.then(
      (count) => counts.set(topic, count),
      () => counts.delete(topic),
    );
    return asked;
  }

  function queueOf(topic: string, partition: number): PartitionQueue {
    const name = partitionName(topic, partition);
    let queue = queues.get(name);
    if (queue === undefined) {
      queue = { topic, partition, batches: [], sending: false };
      queues.set(name, queue);
    }
    return queue;
  }

  function settle(waiting: Waiting, failure?: { readonly cause: unknown }): void {
    const { call } = waiting;
    waitingBytes -= waiting.bytes;
    if (failure !== undefined) {
      call.unknown.add(waiting.index);
      call.cause = failure.cause;
    }
    call.open -= 1;
    if (call.open > 0) return;
    if (call.unknown.size === 0) call.done.resolve();
    else call.done.reject(new AppendFailed(call.unknown, call.cause));
  }

  /** Puts a record into the last batch that waits, or behind it. */
  function push(queue: PartitionQueue, waiting: Waiting): void {
    let last = queue.batches.at(-1);
    if (last === undefined || last.records.length === BATCH_RECORDS_MAX || last.bytes + waiting.bytes > BATCH_BYTES_MAX) {
      last = { records: [], bytes: 0 };
      queue.batches.push(last);
    }
    last.records.push(waiting);
    last.bytes += waiting.bytes;
    waitingBytes += waiting.bytes;
  }

  async function sendBatch(queue: PartitionQueue, batch: readonly Waiting[]): Promise<void> {
    // The oldest record is the first, and its call the one that has waited longest.
    const { deadline_ms } = batch[0]!.call;
    try {
      if (clock.monotonic_ms() >= deadline_ms) throw new Error(`Kafka took none of the records before within ${timeout_ms} ms`);
      await producer.send(queue.topic, queue.partition, batch, deadline_ms);
      for (const waiting of batch) settle(waiting);
    } catch (cause) {
      for (const waiting of batch) settle(waiting, { cause });
      for (const waiting of takeRest(queue, batch.at(-1)!.call)) settle(waiting, { cause });
    }
  }

  /** Sends what waits in a queue, one batch after the other, until nothing does. */
  async function drain(queue: PartitionQueue): Promise<void> {
    queue.sending = true;
    // Whatever this turn of the event loop still appends goes along.
    await new Promise<void>((resolve) => setImmediate(resolve));
    for (let batch = queue.batches.shift(); batch !== undefined; batch = queue.batches.shift()) await sendBatch(queue, batch.records);
    queue.sending = false;
  }

  function enqueue(topic: string, records: readonly NewRecord[], count: number, call: Call): void {
    const touched = new Set<PartitionQueue>();
    records.forEach((record, index) => {
      const partition = partitionOf(record.key, count);
      const queue = queueOf(topic, partition);
      push(queue, waitingOf(record, index, call));
      touched.add(queue);
    });
    for (const queue of touched) if (!queue.sending) void drain(queue);
  }

  async function append(topic: string, records: readonly NewRecord[]): Promise<void> {
    const every = () => new Set(records.keys());
    if (closed) throw new AppendFailed(every(), new Error('the log is closed'));
    if (waitingBytes > WAITING_BYTES_MAX) throw new AppendFailed(every(), new Error('too many records wait for Kafka'));
    const call: Call = {
      deadline_ms: clock.monotonic_ms() + timeout_ms,
      unknown: new Set(),
      cause: undefined,
      open: records.length,
      done: Promise.withResolvers<void>(),
    };
    let count: number;
    try {
      const known = countOf(topic);
      count = typeof known === 'number' ? known : await within(clock, timeout_ms, known);
    } catch (cause) {
      throw new AppendFailed(every(), cause);
    }
    enqueue(topic, records, count, call);
    await call.done.promise;
  }

  return {
    async append(topic, records) {
      if (records.length === 0) return;
      checkSizes(records);
      const call = append(topic, records);
      calls.add(call);
      try {
        await call;
      } finally {
        calls.delete(call);
      }
    },
    queue: { limit: WAITING_BYTES_MAX, waiting: () => waitingBytes },
    async close() {
      closed = true;
      await Promise.allSettled(calls);
      await producer.close();
    },
  };
}

function waitingOf({ key, value, timestamp_ms, headers: given }: NewRecord, index: number, call: Call): Waiting {
  const keyBytes = Buffer.byteLength(key);
  const valueBytes = Buffer.byteLength(value);
  const headers = measuredHeaders(given);
  const bytes = sizeInBatch(keyBytes, valueBytes, headers);
  return { key, keyBytes, value, valueBytes, timestamp_ms, headers, bytes, call, index };
}

/**
 * Takes what still waits of a call out of a queue. It is what waits there first, if anything: a call puts all its records for a
 * partition into the queue at once, so of the calls of a batch only the last goes on behind it.
 */
function takeRest(queue: PartitionQueue, call: Call): readonly Waiting[] {
  const taken: Waiting[] = [];
  for (let first = queue.batches[0]; first?.records[0]?.call === call; first = queue.batches[0]) {
    const end = first.records.findIndex((waiting) => waiting.call !== call);
    for (const waiting of first.records.splice(0, end < 0 ? first.records.length : end)) {
      first.bytes -= waiting.bytes;
      taken.push(waiting);
    }
    if (first.records.length === 0) queue.batches.shift();
  }
  return taken;
}
