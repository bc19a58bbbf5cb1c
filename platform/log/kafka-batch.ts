/**
 * Records as one record batch of Kafka (magic 2), uncompressed, byte for byte what kafkajs 2.2.4 writes. kafkajs makes some
 * ten buffers of half a kilobyte for each record on the way there; this makes one for all.
 * Source: https://kafka.apache.org/documentation/#recordbatch
 */
import { createRequire } from 'node:module';

/** A record, its texts measured in bytes of UTF-8. */
export interface BatchRecord {
  readonly key: string;
  readonly keyBytes: number;
  readonly value: string | Uint8Array;
  readonly valueBytes: number;
  readonly timestamp_ms: number;
}

/** Whose batch it is, and where it stands among that producer's batches to its partition. */
export interface BatchProducer {
  readonly producerId: bigint;
  readonly epoch: number;
  readonly firstSequence: number;
}

const crc32C: (bytes: Uint8Array) => number = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/crc32C/crc32C');

/** At most: five varints of 5 bytes and one of 10 would be more, but neither attributes nor headers fill theirs. */
export const RECORD_OVERHEAD_BYTES = 32;
const MAGIC = 2;
/** Where fields begin, in bytes. */
const LENGTH = 8;
const LEADER_EPOCH = 12;
const CHECKSUM = 17;
const ATTRIBUTES = 21;
const RECORDS = 61;

/** @param records at least one */
export function encodeBatch(records: readonly BatchRecord[], { producerId, epoch, firstSequence }: BatchProducer): Buffer {
  let capacity = RECORDS;
  let first_ms = Number.POSITIVE_INFINITY;
  let last_ms = 0;
  for (const { keyBytes, valueBytes, timestamp_ms } of records) {
    capacity += keyBytes + valueBytes + RECORD_OVERHEAD_BYTES;
    first_ms = Math.min(first_ms, timestamp_ms);
    last_ms = Math.max(last_ms, timestamp_ms);
  }
  const batch = Buffer.allocUnsafe(capacity);
  let end = RECORDS;
  for (const [index, record] of records.entries()) end = writeRecord(batch, end, record, record.timestamp_ms - first_ms, index);

  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(end - LEADER_EPOCH, LENGTH);
  batch.writeInt32BE(0, LEADER_EPOCH);
  batch.writeInt8(MAGIC, 16);
  batch.writeInt16BE(0, ATTRIBUTES);
  batch.writeInt32BE(records.length - 1, 23);
  batch.writeBigInt64BE(BigInt(first_ms), 27);
  batch.writeBigInt64BE(BigInt(last_ms), 35);
  batch.writeBigInt64BE(producerId, 43);
  batch.writeInt16BE(epoch, 51);
  batch.writeInt32BE(firstSequence, 53);
  batch.writeInt32BE(records.length, 57);
  batch.writeUInt32BE(crc32C(batch.subarray(ATTRIBUTES, end)), CHECKSUM);
  return batch.subarray(0, end);
}

/** Returns where the record ends. */
function writeRecord(batch: Buffer, start: number, record: BatchRecord, since_ms: number, index: number): number {
  const { key, keyBytes, value, valueBytes } = record;
  // One byte each for the attributes and for the number of headers, both 0.
  const length =
    2 + sizeOfVarint(since_ms) + sizeOfVarint(index) + sizeOfVarint(keyBytes) + keyBytes + sizeOfVarint(valueBytes) + valueBytes;
  let end = writeVarint(batch, start, length);
  batch[end++] = 0;
  end = writeVarint(batch, end, since_ms);
  end = writeVarint(batch, end, index);
  end = writeVarint(batch, end, keyBytes);
  end += batch.write(key, end, keyBytes, 'utf8');
  end = writeVarint(batch, end, valueBytes);
  if (typeof value === 'string') batch.write(value, end, valueBytes, 'utf8');
  else batch.set(value, end);
  end += valueBytes;
  batch[end++] = 0;
  return end;
}

/** A whole number from 0 to 2^52, zigzag-encoded: twice itself. Returns where it ends. */
function writeVarint(batch: Buffer, start: number, value: number): number {
  let rest = value * 2;
  let end = start;
  for (; rest > 127; rest = Math.floor(rest / 128)) batch[end++] = (rest % 128) + 128;
  batch[end++] = rest;
  return end;
}

function sizeOfVarint(value: number): number {
  let size = 1;
  for (let rest = value * 2; rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}
