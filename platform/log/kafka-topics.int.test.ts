/** What others may do to a topic: retention, other producers, transactions. */
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { appendValues, freshGroup, freshTopic, numbers, readCount, valuesOf, whileOwning } from './contract/owning.ts';
import { testKafka } from './kafka.testing.ts';
import { openKafkaLog } from './kafka.ts';
import type { Log } from './log.ts';

describe('a topic that others use, too', () => {
  let log: Log;
  let other: Kafka;

  beforeAll(() => {
    const settings = testKafka();
    log = openKafkaLog(settings, systemClock);
    other = new Kafka({ brokers: [...settings.brokers], clientId: 'other', logLevel: logLevel.NOTHING });
  });
  afterAll(async () => {
    await log.close();
  });

  /** Does what retention does: takes the records below an offset. */
  async function removeBelow(topic: string, offset: number): Promise<void> {
    const admin = other.admin();
    await admin.connect();
    // kafkajs deletes records only of topics that it has asked about.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
    await admin.disconnect();
  }

  it('is named where it was never created', async () => {
    await expect(log.lag('never-created', 'nobody')).rejects.toThrow('there is no topic never-created: run kaiseki topics');
  });

  it('starts at the earliest record when retention took those that were sought', async () => {
    const topic = await freshTopic(log);
    await appendValues(log, topic, numbers(0, 100));
    await removeBelow(topic, 60);
    await whileOwning(log, topic, freshGroup(), async (owned) => {
      expect(await owned.bounds()).toEqual({ earliest: 60, end: 100 });
      owned.seek(10);
      const records = await readCount(owned, 40);
      expect(records.map(({ offset }) => offset)).toEqual(numbers(60, 100).map(Number));
    });
    expect(await log.lag(topic, 'nobody')).toEqual([{ partition: 0, groupOffset: undefined, endOffset: 100, records: 40 }]);
  });

  it('jumps over what retention takes from under a slow reader, repeats nothing, and can still commit', async () => {
    const topic = await freshTopic(log);
    const group = freshGroup();
    const count = 60_000;
    await appendValues(log, topic, numbers(0, count));
    await whileOwning(log, topic, group, async (owned) => {
      owned.seek(0);
      const first = await readCount(owned, 1);
      await owned.commit(1);
      await removeBelow(topic, 50_000);
      const rest = [];
      while (rest.at(-1)?.offset !== count - 1) rest.push(...(await owned.read({ limit: 1_000, linger_ms: 0 })));
      const offsets = [...first, ...rest].map(({ offset }) => offset);
      const jumps = offsets.filter((offset, index) => index > 0 && offset !== offsets[index - 1]! + 1);
      expect(jumps).toEqual([50_000]);
      await owned.commit(count);
      expect(await owned.groupOffset()).toBe(count);
    });
  });

  it('hands what other producers wrote: no key, no value, headers, compressed', async () => {
    const topic = await freshTopic(log);
    const producer = other.producer({ createPartitioner: () => () => 0 });
    await producer.connect();
    await producer.send({ topic, messages: [{ value: 'no key' }, { key: 'deleted', value: null }] });
    await producer.send({
      topic,
      compression: 1,
      messages: numbers(0, 100).map((value) => ({ key: null, value, headers: { trace: 'x' } })),
    });
    await producer.disconnect();
    await whileOwning(log, topic, freshGroup(), async (owned) => {
      owned.seek(0);
      const records = await readCount(owned, 102);
      expect(records.slice(0, 2).map(({ key, value }) => [key, value])).toEqual([
        [null, Buffer.from('no key')],
        [Buffer.from('deleted'), null],
      ]);
      expect(valuesOf(records.slice(2))).toEqual(numbers(0, 100));
      owned.seek(50);
      expect(valuesOf(await readCount(owned, 52))).toEqual(numbers(48, 100));
    });
  });

  it('reads past the markers of transactions, and not what was rolled back', async () => {
    const topic = await freshTopic(log);
    const producer = other.producer({ createPartitioner: () => () => 0, transactionalId: topic, idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    for (const [value, commits] of [
      ['a', true],
      ['b', false],
      ['c', true],
      ['d', false],
    ] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ value }] });
      await (commits ? transaction.commit() : transaction.abort());
    }
    await producer.disconnect();
    await whileOwning(log, topic, freshGroup(), async (owned) => {
      owned.seek(0);
      const early = await readCount(owned, 2);
      expect(early.map(({ offset, value }) => [offset, String(value)])).toEqual([
        [0, 'a'],
        [4, 'c'],
      ]);
      await appendValues(log, topic, ['after']);
      expect(valuesOf(await readCount(owned, 1))).toEqual(['after']);
      // Nothing but a rolled-back record and markers lies between: kafkajs moves over them by itself.
      owned.seek(5);
      expect(valuesOf(await readCount(owned, 1))).toEqual(['after']);
    });
  });
});
