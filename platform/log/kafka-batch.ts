/**
 * Records as one record batch of Kafka (magic 2), uncompressed, byte for byte what kafkajs 2.2.4 writes. kafkajs makes some
 * ten buffers of half a kilobyte for each record on the way there; this makes one for all.
 * Source: https://kafka.apache.org/documentation/#recordbatch
 */
import { createRequire } from 'node:module';
import type { BatchHeaders } from './kafka-headers.ts';
import { sizeOfVarint, writeText, writeVarint } from './kafka-varint.ts';

/** A record, its texts measured in bytes of UTF-8. */
export interface BatchRecord {
  readonly key: string;
  readonly keyBytes: number;
  readonly value: string | Uint8Array;
  readonly valueBytes: number;
  readonly timestamp_ms: number;
  readonly headers: BatchHeaders;
}

/** Whose batch it is, and where it stands among that producer's batches to its partition. */
export interface BatchProducer {
  readonly producerId: bigint;
  readonly epoch: number;
  readonly firstSequence: number;
}

const crc32C: (bytes: Uint8Array) => number = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/crc32C/crc32C');

/** What a record takes besides its key, its value and its headers, at most: a byte, a varint of up to 8 bytes, and five of up to 5. */
const RECORD_OVERHEAD_BYTES = 34;
const MAGIC = 2;
/** Where fields begin, in bytes. */
const LENGTH = 8;
const LEADER_EPOCH = 12;
const CHECKSUM = 17;
const ATTRIBUTES = 21;
const RECORDS = 61;

/** The bytes that a record takes in a batch, at most. */
export function sizeInBatch(keyBytes: number, valueBytes: number, headers: BatchHeaders): number {
  return RECORD_OVERHEAD_BYTES + keyBytes + valueBytes + headers.bytes;
}

/** @param records at least one */
export function encodeBatch(records: readonly BatchRecord[], { producerId, epoch, firstSequence }: BatchProducer): Buffer {
  let capacity = RECORDS;
  let first_ms = Number.POSITIVE_INFINITY;
  let last_ms = 0;
  for (const { keyBytes, valueBytes, headers, timestamp_ms } of records) {
    capacity += sizeInBatch(keyBytes, valueBytes, headers);
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
  const { key, keyBytes, value, valueBytes, headers } = record;
  // One byte for the attributes, which are 0.
  const length =
    1 +
    sizeOfVarint(since_ms) +
    sizeOfVarint(index) +
    sizeOfVarint(keyBytes) +
    keyBytes +
    sizeOfVarint(valueBytes) +
    valueBytes +
    sizeOfVarint(headers.list.length) +
    headers.bytes;
  let end = writeVarint(batch, start, length);
  batch[end++] = 0;
  end = writeVarint(batch, end, since_ms);
  end = writeVarint(batch, end, index);
  end = writeText(batch, end, key, keyBytes);
  if (typeof value === 'string') end = writeText(batch, end, value, valueBytes);
  else {
    end = writeVarint(batch, end, valueBytes);
    batch.set(value, end);
    end += valueBytes;
  }
  end = writeVarint(batch, end, headers.list.length);
  for (const { name, nameBytes, value, valueBytes } of headers.list) {
    end = writeText(batch, end, name, nameBytes);
    end = writeText(batch, end, value, valueBytes);
  }
  return end;
}
