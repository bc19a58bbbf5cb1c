import { expect, it } from 'vitest';
import { AppendFailed, type LogRecord, type NewRecord, RECORD_BYTES_MAX, UnwritableRecord } from '../log.ts';
import { partitionOf } from '../partition.ts';
import { appendValues, freshTopic, numbers, type OpenLog, orderOf, readAll, valuesOf } from './owning.ts';

const ODD_NAMES = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'toString',
  '🍄‍🟫🎋',
  '懐石',
  "'; DROP TABLE users; --",
  'a\u0000b\u001f\n',
  'x'.repeat(128),
];

function inPartition(records: readonly LogRecord[], partition: number): LogRecord[] {
  return records.filter((record) => record.partition === partition).sort((a, b) => a.offset - b.offset);
}

/** Of what could not be appended as a whole: the indexes of the records whose fate is unknown. */
async function unknownOf(append: Promise<void>): Promise<ReadonlySet<number>> {
  const failure = await append.catch((error: unknown) => error);
  if (!(failure instanceof AppendFailed)) throw new Error('nothing failed');
  return failure.indexes;
}

/** What `append` promises. */
export function appendContract(log: OpenLog): void {
  it('keeps the order of equal keys, in the partition that murmur2 names, with dense offsets', async () => {
    const topic = await freshTopic(log(), 4);
    const records = numbers(0, 600).map((value, index) => orderOf(`u${index % 17}`, value));
    await log().append(topic, records.slice(0, 400));
    await log().append(topic, records.slice(400));
    const read = await readAll(log(), topic, 600);
    for (let partition = 0; partition < 4; partition++) {
      const expected = records.filter(({ key }) => partitionOf(key, 4) === partition);
      const found = inPartition(read, partition);
      expect(found.map((record) => [String(record.key), String(record.value)])).toEqual(expected.map(({ key, value }) => [key, value]));
      expect(found.map((record) => record.offset)).toEqual(found.map((_, index) => index));
    }
  });

  it('gives keys, values and times back as they were, whatever their bytes', async () => {
    const topic = await freshTopic(log());
    const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const records = [
      ...ODD_NAMES.map((name, index) => ({ key: name, value: `v${name}`, timestamp_ms: index })),
      { key: 'empty', value: '', timestamp_ms: 1_748_606_400_123 },
      { key: 'bytes', value: everyByte, timestamp_ms: 1_748_606_400_124 },
      { key: 'large', value: 'あ'.repeat(100_000), timestamp_ms: 1_748_606_400_125 },
    ];
    await log().append(topic, records);
    const read = await readAll(log(), topic, records.length);
    expect(read.map(({ key, timestamp_ms }) => [String(key), timestamp_ms])).toEqual(
      records.map(({ key, timestamp_ms }) => [key, timestamp_ms]),
    );
    expect(read.map(({ value }) => value)).toEqual(records.map(({ value }) => Buffer.from(value)));
  });

  it('takes thousands of calls at once: each record is there once', async () => {
    const topic = await freshTopic(log(), 3);
    const values = numbers(0, 5_000);
    await Promise.all(values.map((value) => log().append(topic, [orderOf(`u${value}`, value)])));
    const read = await readAll(log(), topic, values.length);
    expect(valuesOf(read).sort()).toEqual(values.sort());
    expect((await log().lag(topic, 'nobody')).reduce((sum, { records }) => sum + records, 0)).toBe(values.length);
  });

  it('takes many records in one call', async () => {
    const topic = await freshTopic(log(), 2);
    await log().append(
      topic,
      numbers(0, 12_000).map((value, index) => orderOf(`u${index % 5}`, value)),
    );
    const read = await readAll(log(), topic, 12_000);
    for (let user = 0; user < 5; user++) {
      const mine = read.filter(({ key }) => String(key) === `u${user}`);
      expect(valuesOf(inPartition(mine, partitionOf(`u${user}`, 2)))).toEqual(numbers(0, 12_000).filter((_, index) => index % 5 === user));
    }
  });

  it('has nothing to do for no records', async () => {
    const topic = await freshTopic(log());
    await log().append(topic, []);
    expect(await log().lag(topic, 'nobody')).toEqual([{ partition: 0, groupOffset: undefined, endOffset: 0, records: 0 }]);
  });

  it('names every record when the topic does not exist', async () => {
    const failure = log().append('contract-no-such-topic', [orderOf('a', '1'), orderOf('b', '2')]);
    await expect(failure).rejects.toThrow(AppendFailed);
    await expect(failure).rejects.toMatchObject({ indexes: new Set([0, 1]) });
  });

  it('takes a record as large as any may be, and nothing of a call with a larger one', async () => {
    const topic = await freshTopic(log());
    const largest = { ...orderOf('あ', 'x'.repeat(RECORD_BYTES_MAX - 10)), headers: { うえ: 'b' } };
    const larger = [
      { ...largest, key: 'ああ' },
      { ...largest, value: `${largest.value}x` },
      { ...largest, headers: { うえ: 'bb' } },
      { ...largest, value: Buffer.from(`${largest.value}x`) },
    ];
    for (const record of larger) await expect(log().append(topic, [orderOf('a', '1'), record])).rejects.toThrow(UnwritableRecord);
    await log().append(topic, [largest]);
    const read = await readAll(log(), topic, 1);
    expect(read.map(({ offset, value }) => [offset, value?.length])).toEqual([[0, RECORD_BYTES_MAX - 10]]);
  });

  it('stores nothing of a call, in its partition, behind a record whose fate is unknown; other calls go on', async () => {
    const partitions = 3;
    const topic = await freshTopic(log(), partitions);
    // No log takes a record without a time.
    const impossible: NewRecord = { key: 'u0', value: 'impossible', timestamp_ms: Number.NaN };
    const records = numbers(0, 6_000).map((value, index) => (index === 2_500 ? impossible : orderOf(`u${index % 17}`, value)));
    const others = numbers(0, 17).map((user) => orderOf(`u${user}`, `other ${user}`));
    const [unknown] = await Promise.all([unknownOf(log().append(topic, records)), log().append(topic, others)]);
    expect(unknown).toContain(2_500);
    // Whatever was under way behind it would be in the log before these are.
    await log().append(topic, others);

    const stored = records.length - unknown.size;
    const read = await readAll(log(), topic, stored + 2 * others.length);
    const isOther = (value: string) => value.startsWith('other');
    for (let partition = 0; partition < partitions; partition++) {
      const mine = [...records.entries()].filter(([, { key }]) => partitionOf(key, partitions) === partition);
      const known = mine.filter(([index]) => !unknown.has(index));
      expect(known, 'the unknown ones are the last of the call').toEqual(mine.slice(0, known.length));
      const values = valuesOf(inPartition(read, partition));
      expect(values.filter((value) => !isOther(value))).toEqual(known.map(([, { value }]) => value));
      const here = others.filter(({ key }) => partitionOf(key, partitions) === partition);
      expect(values.filter(isOther)).toEqual([...here, ...here].map(({ value }) => value));
    }
  });

  it('has appended to one partition when another process reads the next offset', async () => {
    const topic = await freshTopic(log());
    await appendValues(log(), topic, ['a', 'b', 'c']);
    expect(await log().lag(topic, 'nobody')).toEqual([{ partition: 0, groupOffset: undefined, endOffset: 3, records: 3 }]);
  });
}
