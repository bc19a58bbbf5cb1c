import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BatchProducer, type BatchRecord, encodeBatch } from './kafka-batch.ts';
import { measuredHeaders } from './kafka-headers.ts';
import type { RecordHeaders } from './log.ts';

const require = createRequire(import.meta.url);

interface KafkajsRecord {
  readonly key: string;
  readonly value: string | Buffer;
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly headers: RecordHeaders;
}
const Record: (record: KafkajsRecord) => object = require('kafkajs/src/protocol/recordBatch/record/v0');
const {
  RecordBatch,
}: { RecordBatch(batch: object): Promise<{ readonly buffer: Buffer }> } = require('kafkajs/src/protocol/recordBatch/v0');

/** What kafkajs writes for the same records. */
async function byKafkajs(records: readonly BatchRecord[], { producerId, epoch, firstSequence }: BatchProducer): Promise<Buffer> {
  const times = records.map(({ timestamp_ms }) => timestamp_ms);
  const firstTimestamp = Math.min(...times);
  const { buffer } = await RecordBatch({
    records: records.map(({ key, value, timestamp_ms, headers }, offsetDelta) =>
      Record({
        key,
        value: typeof value === 'string' ? value : Buffer.from(value),
        offsetDelta,
        timestampDelta: timestamp_ms - firstTimestamp,
        headers: Object.fromEntries(headers.list.map((header) => [header.name, header.value])),
      }),
    ),
    firstTimestamp,
    maxTimestamp: Math.max(...times),
    producerId: producerId.toString(),
    producerEpoch: epoch,
    firstSequence,
    lastOffsetDelta: records.length - 1,
  });
  return buffer;
}

function record(key: string, value: string | Uint8Array, timestamp_ms: number, headers?: RecordHeaders): BatchRecord {
  const [keyBytes, valueBytes] = [Buffer.byteLength(key), Buffer.byteLength(value)];
  return { key, keyBytes, value, valueBytes, timestamp_ms, headers: measuredHeaders(headers) };
}

const producer = { producerId: 4_294_967_299n, epoch: 3, firstSequence: 77 };
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 60, maxLength: 200 }));
const someHeaders = fc.option(fc.dictionary(text, text, { maxKeys: 5 }), { nil: undefined });
const someRecord = fc
  .tuple(text, fc.oneof(text, fc.uint8Array({ maxLength: 200 })), fc.nat({ max: 2 ** 43 }), someHeaders)
  .map(([key, value, timestamp_ms, headers]) => record(key, value, timestamp_ms, headers));

describe('a record batch', () => {
  it('is what kafkajs writes', async () => {
    const records = fc.array(someRecord, { minLength: 1, maxLength: 40 });
    const producers = fc.record({
      producerId: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
      epoch: fc.nat({ max: 32_767 }),
      firstSequence: fc.nat({ max: 2 ** 31 - 1 }),
    });
    await fc.assert(
      fc.asyncProperty(records, producers, async (some, by) => {
        expect(encodeBatch(some, by).equals(await byKafkajs(some, by))).toBe(true);
      }),
    );
  });

  it('holds more records, and longer ones, than one byte counts', async () => {
    const headersOf = (index: number) =>
      Object.fromEntries(Array.from({ length: index % 90 === 0 ? 70 : 0 }, (_, n) => [`n${n}`, 'w'.repeat(n)]));
    const records = Array.from({ length: 9_000 }, (_, index) =>
      record('k'.repeat(index % 70), 'v'.repeat((index * 7) % 300), index * 1_000, headersOf(index)),
    );
    expect(encodeBatch(records, producer).equals(await byKafkajs(records, producer))).toBe(true);
    const long = [record('k', 'v'.repeat(3_000_000), 5)];
    expect(encodeBatch(long, producer).equals(await byKafkajs(long, producer))).toBe(true);
  });
});
