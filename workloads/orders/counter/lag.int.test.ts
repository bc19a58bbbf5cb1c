/** How far the counter is behind, as its metrics and `kaiseki lag` tell it, held against Kafka's own figures. */
import { Kafka, logLevel } from 'kafkajs';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { testKafka } from '#platform/log/kafka.testing.ts';
import { quietKafkajsTimers } from '#platform/log/kafka-timers.ts';
import { partitionOf } from '#platform/log/partition.ts';
import { testSettings } from '#platform/tables/cassandra.testing.ts';
import { openNetwork } from '#platform/tables/network.testing.ts';
import { addressOf, runKaiseki, startKaiseki, type TestProcess } from '../../processes.testing.ts';
import { type Generation, newGeneration } from '../generation.testing.ts';
import { COUNTER_GROUP } from '../orders-fold.ts';
import { ORDER_LOGS } from '../topics.ts';

const SHARDS = 12;
const RECORDS = 300;
/** Age of the oldest record when it is appended. */
const AGE_MS = 90_000;
const STEP_MS = 100;
const WAIT = { timeout: 120_000, interval: 200 };

/** Records by partition: what lies beyond the group's offset. */
type Lag = readonly number[];
const NO_LAG: Lag = Array(SHARDS).fill(0);

/** Kafka, asked and fed without any code of this program. */
async function openKafka(topic: string, groupId: string) {
  quietKafkajsTimers();
  const kafka = new Kafka({ brokers: [...testKafka().brokers], logLevel: logLevel.NOTHING });
  const [admin, producer] = [kafka.admin(), kafka.producer()];
  await Promise.all([admin.connect(), producer.connect()]);
  onTestFinished(async () => {
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  });
  return {
    async lag(): Promise<Lag> {
      const ends = await admin.fetchTopicOffsets(topic);
      const [stored] = await admin.fetchOffsets({ groupId, topics: [topic] });
      return ends
        .toSorted((a, b) => a.partition - b.partition)
        .map(({ partition, low, high }) => {
          const offset = Number(stored?.partitions.find((one) => one.partition === partition)?.offset ?? -1);
          return Number(high) - (offset < 0 ? Number(low) : offset);
        });
    },
    /** Appends orders of the times given. @returns by partition, how many there are and the time of the first */
    async append(name: string, times_ms: readonly number[]): Promise<readonly { count: number; first_ms: number }[]> {
      const partitions = Array.from({ length: SHARDS }, () => ({ count: 0, first_ms: Number.POSITIVE_INFINITY }));
      const messages = times_ms.map((time_ms, index) => {
        const user_id = `${name}-${index}`;
        const partition = partitions[partitionOf(user_id, SHARDS)];
        if (partition) {
          partition.count += 1;
          partition.first_ms = Math.min(partition.first_ms, time_ms);
        }
        const value = JSON.stringify({ user_id, timestamp: new Date(time_ms).toISOString(), menu_type: 'washoku' });
        return { key: user_id, value, timestamp: String(time_ms) };
      });
      await producer.send({ topic, acks: -1, messages });
      return partitions;
    },
  };
}

/** What `kaiseki lag --json` says. */
async function toldByCommand({ environment }: Generation): Promise<Lag> {
  const [group]: { partitions: { records: number }[] }[] = JSON.parse(await runKaiseki(['lag', '--json'], environment));
  return group?.partitions.map(({ records }) => records) ?? [];
}

/** A gauge of the counter's metrics, by partition. */
async function gauge(counter: TestProcess, name: string): Promise<readonly number[]> {
  const text = await (await fetch(`${await addressOf(counter)}/metrics`)).text();
  return Array.from({ length: SHARDS }, (_, partition) =>
    Number(new RegExp(`^kaiseki_consumer_lag_${name}\\{.*partition="${partition}"\\} (.+)$`, 'm').exec(text)?.[1] ?? Number.NaN),
  );
}

it('lag in records and in seconds is right against Kafka’s own figures', async () => {
  const { contactPoints, localDataCenter } = testSettings('unused');
  const generation = newGeneration({ brokers: testKafka().brokers, contactPoints, localDataCenter });
  onTestFinished(generation.drop);
  await runKaiseki(['migrate'], generation.environment);
  await runKaiseki(['topics'], generation.environment);
  const network = await openNetwork(contactPoints[0] ?? '');
  onTestFinished(() => network.down());
  const startCounter = () => {
    const counter = startKaiseki(['counter'], { ...generation.environment, CASSANDRA_CONTACT_POINTS: network.address });
    onTestFinished(async () => {
      counter.kill('SIGKILL');
      await counter.ended();
    });
    return counter;
  };
  const kafka = await openKafka(`${generation.prefix}${ORDER_LOGS}`, `${generation.prefix}${COUNTER_GROUP}`);
  const agedTimes = () => {
    const first_ms = systemClock.now_ms() - AGE_MS;
    return Array.from({ length: RECORDS }, (_, index) => first_ms + index * STEP_MS);
  };
  const counts = (appended: readonly { count: number }[]): Lag => appended.map(({ count }) => count);

  // Nobody counts: what was stored before stays where it was.
  await kafka.append('before', agedTimes());
  const first = startCounter();
  await expect.poll(kafka.lag, WAIT).toEqual(NO_LAG);
  first.kill('SIGTERM');
  expect(await first.ended()).toBe(0);
  const behind = counts(await kafka.append('stopped', agedTimes()));
  expect(await kafka.lag()).toEqual(behind);
  expect(await toldByCommand(generation)).toEqual(behind);

  // A counter catches up.
  const counter = startCounter();
  await expect.poll(kafka.lag, WAIT).toEqual(NO_LAG);
  expect(await toldByCommand(generation)).toEqual(NO_LAG);
  await expect.poll(() => gauge(counter, 'records'), WAIT).toEqual(NO_LAG);
  expect(await gauge(counter, 'seconds')).toEqual(NO_LAG);

  // It reads, and cannot store: what it has read is as old as its time says.
  await network.down();
  const appended = await kafka.append('waiting', agedTimes());
  await expect.poll(() => gauge(counter, 'records'), WAIT).toEqual(counts(appended));
  expect(await kafka.lag()).toEqual(counts(appended));
  expect(await toldByCommand(generation)).toEqual(counts(appended));
  await expect.poll(async () => Math.min(...(await gauge(counter, 'seconds'))), WAIT).toBeGreaterThan((AGE_MS - RECORDS * STEP_MS) / 1_000);
  const before_ms = systemClock.now_ms();
  const seconds = await gauge(counter, 'seconds');
  const after_ms = systemClock.now_ms();
  for (const [partition, { first_ms }] of appended.entries()) {
    expect(seconds[partition], `partition ${partition}`).toBeGreaterThanOrEqual((before_ms - first_ms) / 1_000);
    expect(seconds[partition], `partition ${partition}`).toBeLessThanOrEqual((after_ms - first_ms) / 1_000);
  }

  // And stores again.
  await network.up();
  await expect.poll(kafka.lag, WAIT).toEqual(NO_LAG);
  await expect.poll(() => gauge(counter, 'records'), WAIT).toEqual(NO_LAG);
  expect(await gauge(counter, 'seconds')).toEqual(NO_LAG);
  expect(await toldByCommand(generation)).toEqual(NO_LAG);
});
