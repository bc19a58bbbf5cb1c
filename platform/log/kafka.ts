/** The log on Kafka, through kafkajs 2.2.4. What is peculiar to kafkajs stands in the files whose names begin with `kafka-`. */
import type { Clock } from '#platform/clock/clock.ts';
import { kafkaAdmin } from './kafka-admin.ts';
import { type KafkaAppender, kafkaAppender } from './kafka-append.ts';
import type { KafkaContext, KafkaLogger, KafkaSettings } from './kafka-client.ts';
import { openCluster } from './kafka-cluster.ts';
import { consumeKafka } from './kafka-consume.ts';
import { safeProducer } from './kafka-producer.ts';
import { tailKafka } from './kafka-tail.ts';
import type { Consumption, Log, Running } from './log.ts';
import { within } from './within.ts';

const CHECK_TIMEOUT_MS = 5_000;
const REWIND_TIMEOUT_MS = 60_000;
const silent: KafkaLogger = { warn: () => undefined, debug: () => undefined };

/** Connects to nothing yet: each operation does, and again after a failure. A Kafka that is away never ends the process. */
export function openKafkaLog(settings: KafkaSettings, clock: Clock, logger: KafkaLogger = silent): Log & Pick<KafkaAppender, 'queue'> {
  const context: KafkaContext = { settings, clock, logger };
  const admin = kafkaAdmin(context);
  const appender = kafkaAppender(
    context,
    (topic) => admin.partitionCount(topic),
    safeProducer(context, () => openCluster(context)),
  );
  const closing = new AbortController();
  const running = new Set<Running>();

  function refuseWhenClosed(): void {
    if (closing.signal.aborted) throw new Error('the log is closed');
  }

  /** Remembers what runs, for `close`, until it was stopped. */
  function keep(inner: Running): Running {
    const outer: Running = {
      async stop() {
        await inner.stop();
        running.delete(outer);
      },
    };
    running.add(outer);
    return outer;
  }

  async function consume(consumption: Consumption): Promise<Running> {
    refuseWhenClosed();
    return keep(consumeKafka(context, admin, consumption));
  }

  /** Joins the group as its only member and commits the offset in every partition, as an owner would. */
  async function rewind(topic: string, group: string, offset: number): Promise<void> {
    if (await admin.hasMembers(group)) throw new Error(`group ${group} has members; stop them first`);
    const partitions = await admin.partitionCount(topic);
    const done = new Map<number, Promise<void>>();
    const finished = Promise.withResolvers<void>();
    const member = await consume({
      topic,
      group,
      async own(owned) {
        const committed = owned.commit(offset);
        done.set(owned.partition, committed);
        await committed.catch(() => undefined);
        if (done.size === partitions) Promise.all(done.values()).then(() => finished.resolve(), finished.reject);
      },
    });
    try {
      await within(clock, REWIND_TIMEOUT_MS, finished.promise);
    } finally {
      await member.stop();
    }
  }

  return {
    nameOf: (name) => name,
    append: (topic, records) => appender.append(topic, records),
    consume,
    async tail(topic, handle) {
      refuseWhenClosed();
      return keep(await tailKafka(context, admin, topic, handle, closing.signal));
    },
    lag: (topic, group) => admin.lag(topic, group),
    rewind,
    createTopics: (topics) => admin.createTopics(topics),
    queue: appender.queue,
    check: () => within(clock, CHECK_TIMEOUT_MS, admin.check()),
    async close() {
      closing.abort();
      await Promise.all([appender.close(), ...[...running].map((each) => each.stop())]);
      await admin.close();
    },
  };
}
