/**
 * Records as bytes: for each record its key's and value's length (int32), its time (float64, milliseconds), key, value.
 * All numbers are little-endian.
 */
import type { LogRecord, NewRecord } from './log.ts';

const HEADER_BYTES = 16;

/** The bytes that `encodeRecords` needs. */
export function encodedLength(records: readonly NewRecord[]): number {
  let length = 0;
  for (const { key, value } of records) length += HEADER_BYTES + Buffer.byteLength(key) + Buffer.byteLength(value);
  return length;
}

/** Writes records into `target` from `start` on; returns where they end. */
export function encodeRecords(records: readonly NewRecord[], target: Buffer, start: number): number {
  let at = start;
  for (const { key, value, timestamp_ms } of records) {
    const keyStart = at + HEADER_BYTES;
    const key_bytes = target.write(key, keyStart);
    const valueStart = keyStart + key_bytes;
    const value_bytes = typeof value === 'string' ? target.write(value, valueStart) : copied(value, target, valueStart);
    target.writeInt32LE(key_bytes, at);
    target.writeInt32LE(value_bytes, at + 4);
    target.writeDoubleLE(timestamp_ms, at + 8);
    at = valueStart + value_bytes;
  }
  return at;
}

function copied(bytes: Uint8Array, target: Buffer, start: number): number {
  target.set(bytes, start);
  return bytes.length;
}

/** A batch as it is stored. */
export interface StoredBatch {
  readonly bytes: Uint8Array;
  readonly partition: number;
  readonly baseOffset: number;
}

/** Adds the records of a batch from offset `from` on to `records`, until there are `limit`. They share the batch's memory. */
export function decodeRecords(batch: StoredBatch, from: number, limit: number, records: LogRecord[]): void {
  const { partition, baseOffset } = batch;
  const bytes = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.byteLength);
  for (let at = 0, offset = baseOffset; at < bytes.length && records.length < limit; offset++) {
    const keyStart = at + HEADER_BYTES;
    const valueStart = keyStart + bytes.readInt32LE(at);
    const end = valueStart + bytes.readInt32LE(at + 4);
    if (offset >= from) {
      const key = bytes.subarray(keyStart, valueStart);
      const value = bytes.subarray(valueStart, end);
      records.push({ partition, offset, key, value, timestamp_ms: bytes.readDoubleLE(at + 8) });
    }
    at = end;
  }
}
