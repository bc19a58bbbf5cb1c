/**
 * One kafkajs consumer from its first connection to its end: a stop, a crash, or silence. It only moves records into the
 * claims; it is never restarted by kafkajs, because a restart of its own could outlive a stop.
 */
import type { Batch, Consumer, EachBatchPayload } from 'kafkajs';
import type { KafkaAdmin } from './kafka-admin.ts';
import { bytesOf, Claim, type ClaimSource, type Fetched } from './kafka-claim.ts';
import { BRIEF_RETRY, type KafkaContext, kafkaClient, REQUEST_TIMEOUT_MS } from './kafka-client.ts';
import { headersOf } from './kafka-headers.ts';
import type { LogRecord } from './log.ts';
import { within } from './within.ts';

export interface SessionOptions {
  readonly topic: string;
  readonly group: string;
  readonly admin: KafkaAdmin;
  /** Called for each new claim, after all earlier ones were lost. It may be used once `ready` has resolved. */
  start(claim: Claim, ready: Promise<void>): void;
  /** Called when the group has given this member its partitions. */
  joined(): void;
}

export interface KafkaSession {
  /** Resolves with the reason when the consumer does not run any more. */
  readonly crashed: Promise<unknown>;
  /** Aborts every claim; each may still commit, and no new one starts. */
  abort(): void;
  /** Ends every claim without a last commit, leaves the group and disconnects. */
  end(): Promise<void>;
}

const SESSION_TIMEOUT_MS_DEFAULT = 10_000;
const HEARTBEAT_MS_MAX = 1_000;
/** How long a fetch waits at a broker that has nothing; also how long a claim may have to wait for its first fetch. */
const FETCH_WAIT_MS = 200;
const FETCH_BYTES_MAX_PER_PARTITION = 512 * 1024;
/** How long the next fetch waits after one that brought all there was: else each fetch of a steady stream would bring a record or two. */
const GATHER_MS = 10;
/** Partitions that are handed a fetch's records at once; those beyond them wait for GATHER_MS. */
const PARTITIONS_AT_ONCE = 64;
/** About 8 s: a broker that is back within them finds its member again. A new member would have to wait for the end of the old one's session. */
const RETRIES = 8;
const WATCH_MS = 1_000;
const FAREWELL_TIMEOUT_MS = 5_000;

export function openSession(context: KafkaContext, options: SessionOptions): KafkaSession {
  const { clock, logger } = context;
  const { topic, group, admin } = options;
  const session_timeout_ms = context.settings.session_timeout_ms ?? SESSION_TIMEOUT_MS_DEFAULT;
  // Nothing that kafkajs does by itself takes longer than this, unless it hangs.
  const silence_ms_max = 2 * session_timeout_ms + REQUEST_TIMEOUT_MS;
  const retry = { ...BRIEF_RETRY, retries: RETRIES, restartOnFailure: async () => false };
  const consumer = kafkaClient(context, retry).consumer({
    groupId: group,
    sessionTimeout: session_timeout_ms,
    rebalanceTimeout: session_timeout_ms,
    heartbeatInterval: Math.min(HEARTBEAT_MS_MAX, session_timeout_ms / 3),
    maxWaitTimeInMs: FETCH_WAIT_MS,
    maxBytesPerPartition: FETCH_BYTES_MAX_PER_PARTITION,
    allowAutoTopicCreation: false,
  });
  const crashed = Promise.withResolvers<unknown>();
  const ending = new AbortController();
  const claims = new Map<number, Claim>();
  /** Offsets that the broker has confirmed, by partition: kafkajs resolves a commit also when it did not send it. */
  const stored = new Map<number, number>();
  let isAborted = false;
  let lastLife_ms = clock.monotonic_ms();

  const source: ClaimSource = {
    clock,
    logger,
    groupOffset: async (partition) => (await admin.groupOffsets(topic, group)).get(partition),
    async bounds(partition) {
      const bounds = (await admin.bounds(topic)).get(partition);
      if (bounds === undefined) throw new Error(`topic ${topic} has no partition ${partition}`);
      return bounds;
    },
    seek: (partition, offset) => whileItRuns(() => consumer.seek({ topic, partition, offset: String(offset) })),
    pause: (partition) => whileItRuns(() => consumer.pause([{ topic, partitions: [partition] }])),
    resume: (partition) => whileItRuns(() => consumer.resume([{ topic, partitions: [partition] }])),
    async commit(partition, offset) {
      stored.delete(partition);
      await consumer.commitOffsets([{ topic, partition, offset: String(offset) }]);
      if (stored.get(partition) !== offset) throw new Error(`offset ${offset} of partition ${partition} of ${topic} was not stored`);
    },
  };

  /** kafkajs throws when its consumer has stopped. Its claims are about to be lost then, and need nothing of it. */
  function whileItRuns(act: () => void): void {
    try {
      act();
    } catch (error) {
      logger.debug({ topic, group, error }, 'a Kafka consumer has stopped');
    }
  }

  function loseClaims(): void {
    for (const claim of claims.values()) claim.lose();
    claims.clear();
  }

  function join(partitions: readonly number[]): void {
    loseClaims();
    // Nothing is fetched until an owner says from where.
    whileItRuns(() => consumer.pause([{ topic, partitions: [...partitions] }]));
    if (isAborted) return;
    options.joined();
    for (const partition of partitions) {
      const claim = new Claim(topic, partition, source);
      claims.set(partition, claim);
      options.start(claim, ready);
    }
  }

  async function eachBatch({ batch, resolveOffset }: EachBatchPayload): Promise<void> {
    const last = batch.messages.at(-1);
    if (last !== undefined && claims.get(batch.partition)?.deliver(fetchedOf(batch))) resolveOffset(last.offset);
    // kafkajs fetches again when every partition's handler has ended.
    if (batch.offsetLag() === '0') await clock.sleep(GATHER_MS, ending.signal);
  }

  async function watch(): Promise<void> {
    while (!ending.signal.aborted) {
      await clock.sleep(WATCH_MS, ending.signal);
      const silence_ms = clock.monotonic_ms() - lastLife_ms;
      if (silence_ms > silence_ms_max) crashed.resolve(new Error(`silent for ${Math.round(silence_ms)} ms`));
    }
  }

  listen(consumer, {
    alive: () => {
      lastLife_ms = clock.monotonic_ms();
    },
    joined: (assignment) => join(assignment[topic] ?? []),
    rebalancing: () => {
      for (const claim of claims.values()) claim.abort();
    },
    committed: (partition, offset) => stored.set(partition, offset),
    stopped: loseClaims,
    crashed: (error) => crashed.resolve(error),
  });
  const started = (async () => {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: PARTITIONS_AT_ONCE, eachBatch });
  })();
  // kafkajs says that it has joined before it takes commits.
  const ready = started.catch((error: unknown) => crashed.resolve(error));
  void watch();

  return {
    crashed: crashed.promise,
    abort() {
      isAborted = true;
      for (const claim of claims.values()) claim.abort();
    },
    async end() {
      isAborted = true;
      ending.abort();
      loseClaims();
      // Not while it joins: kafkajs would go on joining and then hold its partitions for ever.
      const gone = ready.then(() => consumer.disconnect());
      await within(clock, FAREWELL_TIMEOUT_MS, gone).catch((error: unknown) =>
        logger.debug({ topic, group, error }, 'a Kafka consumer lingers'),
      );
    },
  };
}

interface SessionEvents {
  alive(): void;
  joined(assignment: Readonly<Record<string, number[]>>): void;
  rebalancing(): void;
  committed(partition: number, offset: number): void;
  stopped(): void;
  crashed(error: Error): void;
}

function listen(consumer: Consumer, events: SessionEvents): void {
  const names = consumer.events;
  consumer.on(names.HEARTBEAT, () => events.alive());
  consumer.on(names.GROUP_JOIN, ({ payload }) => {
    events.alive();
    events.joined(payload.memberAssignment);
  });
  consumer.on(names.REBALANCING, () => events.rebalancing());
  consumer.on(names.COMMIT_OFFSETS, ({ payload }) => {
    for (const { partition, offset } of payload.topics.flatMap(({ partitions }) => partitions)) events.committed(partition, Number(offset));
  });
  consumer.on(names.STOP, () => events.stopped());
  consumer.on(names.CRASH, ({ payload }) => events.crashed(payload.error));
}

/** What kafkajs hands for one partition of one fetch, in the words of the port. */
function fetchedOf(batch: Batch): Fetched {
  // Not in the types of kafkajs, which is why its absence must not go unnoticed.
  if (!('fetchedOffset' in batch)) throw new Error('kafkajs does not say from where it fetched');
  let bytes = 0;
  const { partition } = batch;
  const records = batch.messages.map(({ offset, key, value, timestamp, headers }): LogRecord => {
    const record = { partition, offset: Number(offset), key, value, timestamp_ms: Number(timestamp), headers: headersOf(headers) };
    bytes += bytesOf(record);
    return record;
  });
  return { from: Number(batch.fetchedOffset), next: Number(batch.lastOffset()) + 1, records, bytes };
}
