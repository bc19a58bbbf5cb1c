/**
 * Records as bytes: for each record the lengths of its key, value and headers (int32), its time (float64, milliseconds), key, value,
 * headers (embedded-headers.ts). All numbers are little-endian.
 */
import { decodeHeaders, encodeHeaders, headersLength } from './embedded-headers.ts';
import type { LogRecord, NewRecord } from './log.ts';

/** The lengths and the time. */
const PRELUDE_BYTES = 20;

/** The bytes that `encodeRecords` needs. */
export function encodedLength(records: readonly NewRecord[]): number {
  let length = 0;
  for (const { key, value, headers } of records) {
    length += PRELUDE_BYTES + Buffer.byteLength(key) + Buffer.byteLength(value) + headersLength(headers);
  }
  return length;
}

/** Writes records into `target` from `start` on; returns where they end. */
export function encodeRecords(records: readonly NewRecord[], target: Buffer, start: number): number {
  let at = start;
  for (const { key, value, timestamp_ms, headers } of records) {
    const keyStart = at + PRELUDE_BYTES;
    const key_bytes = target.write(key, keyStart);
    const valueStart = keyStart + key_bytes;
    const value_bytes = typeof value === 'string' ? target.write(value, valueStart) : copied(value, target, valueStart);
    target.writeInt32LE(key_bytes, at);
    target.writeInt32LE(value_bytes, at + 4);
    const headersStart = valueStart + value_bytes;
    const end = encodeHeaders(headers, target, headersStart);
    target.writeInt32LE(end - headersStart, at + 8);
    target.writeDoubleLE(timestamp_ms, at + 12);
    at = end;
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
    const keyStart = at + PRELUDE_BYTES;
    const valueStart = keyStart + bytes.readInt32LE(at);
    const headersStart = valueStart + bytes.readInt32LE(at + 4);
    const end = headersStart + bytes.readInt32LE(at + 8);
    if (offset >= from) {
      const key = bytes.subarray(keyStart, valueStart);
      const value = bytes.subarray(valueStart, headersStart);
      const headers = decodeHeaders(bytes, headersStart, end);
      records.push({ partition, offset, key, value, timestamp_ms: bytes.readDoubleLE(at + 12), headers });
    }
    at = end;
  }
}
