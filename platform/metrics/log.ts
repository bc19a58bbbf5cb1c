/** The log port with metrics around it: how long appends, commits and lag readings take, and how many fail. */
import type { Clock } from '#platform/clock/clock.ts';
import { AppendFailed, type Consumption, type Log, type OwnedPartition } from '#platform/log/log.ts';
import { type Declarations, DURATION_BUCKETS_S } from './declare.ts';
import { timed } from './timed.ts';

export type LogMetrics = ReturnType<typeof declareLogMetrics>;

type Operation = 'append' | 'commit' | 'lag' | 'check';

export function declareLogMetrics(declare: Declarations) {
  return {
    duration: declare.histogram(
      'kaiseki_log_operation_duration_seconds',
      ['operation', 'topic'],
      DURATION_BUCKETS_S,
      'Calls to the log, failed ones included: append (until durable), commit (a group’s offset), lag, check (no topic).',
    ),
    failures: declare.counter('kaiseki_log_operation_failures_total', ['operation', 'topic'], 'Calls to the log that failed.'),
    appended: declare.counter('kaiseki_log_records_appended_total', ['topic'], 'Records that are durable.'),
    unconfirmed: declare.counter(
      'kaiseki_log_records_unconfirmed_total',
      ['topic'],
      'Records whose append was not confirmed: they may be in the log.',
    ),
    read: declare.counter(
      'kaiseki_log_records_read_total',
      ['topic', 'group'],
      'Records handed to a member of a group, repeated ones included.',
    ),
    waiting: declare.gauge(
      'kaiseki_log_queue_bytes',
      [],
      'Bytes of records in this process of which Kafka has not yet said that they are durable; 0 where the log is embedded.',
    ),
    waitingLimit: declare.gauge(
      'kaiseki_log_queue_limit_bytes',
      [],
      'Bytes above which appends fail at once; 0 where the log is embedded.',
    ),
  };
}

/** The same log, measured. */
export function measureLog(log: Log, metrics: LogMetrics, clock: Clock): Log {
  const call = <T>(operation: Operation, topic: string, send: () => Promise<T>): Promise<T> =>
    timed(clock, metrics, { operation, topic }, send);
  return {
    nameOf: (name) => log.nameOf(name),
    async append(topic, records) {
      let unconfirmed = records.length;
      try {
        await call('append', topic, () => log.append(topic, records));
        unconfirmed = 0;
      } catch (error) {
        if (error instanceof AppendFailed) unconfirmed = error.indexes.size;
        throw error;
      } finally {
        if (unconfirmed > 0) metrics.unconfirmed.inc({ topic }, unconfirmed);
        metrics.appended.inc({ topic }, records.length - unconfirmed);
      }
    },
    consume: (consumption) =>
      log.consume({ ...consumption, own: (partition) => consumption.own(measurePartition(partition, consumption, metrics, call)) }),
    tail: (topic, handle) => log.tail(topic, handle),
    lag: (topic, group) => call('lag', topic, () => log.lag(topic, group)),
    rewind: (topic, group, offset) => log.rewind(topic, group, offset),
    createTopics: (topics) => log.createTopics(topics),
    check: () => call('check', '', () => log.check()),
    close: () => log.close(),
  };
}

function measurePartition(
  partition: OwnedPartition,
  { group }: Consumption,
  metrics: LogMetrics,
  call: <T>(operation: Operation, topic: string, send: () => Promise<T>) => Promise<T>,
): OwnedPartition {
  const { topic, signal } = partition;
  const handed = metrics.read.labels(topic, group);
  return {
    topic,
    partition: partition.partition,
    signal,
    groupOffset: () => partition.groupOffset(),
    bounds: () => partition.bounds(),
    seek: (offset) => partition.seek(offset),
    async read(options) {
      const records = await partition.read(options);
      handed.inc(records.length);
      return records;
    },
    commit: (offset) => call('commit', topic, () => partition.commit(offset)),
  };
}
