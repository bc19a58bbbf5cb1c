/**
 * A record's headers as bytes: for each its name's and value's length (int32, little-endian), name, value. A record without
 * headers has none of these bytes.
 */
import { NO_HEADERS, type RecordHeaders } from './log.ts';

const LENGTHS_BYTES = 8;

/** The bytes that `encodeHeaders` needs. */
export function headersLength(headers: RecordHeaders | undefined): number {
  if (headers === undefined || headers === NO_HEADERS) return 0;
  let length = 0;
  for (const [name, value] of Object.entries(headers)) length += LENGTHS_BYTES + Buffer.byteLength(name) + Buffer.byteLength(value);
  return length;
}

/** Writes headers into `target` from `start` on; returns where they end. */
export function encodeHeaders(headers: RecordHeaders | undefined, target: Buffer, start: number): number {
  if (headers === undefined || headers === NO_HEADERS) return start;
  let at = start;
  for (const [name, value] of Object.entries(headers)) {
    const nameStart = at + LENGTHS_BYTES;
    const valueStart = nameStart + target.write(name, nameStart);
    const end = valueStart + target.write(value, valueStart);
    target.writeInt32LE(valueStart - nameStart, at);
    target.writeInt32LE(end - valueStart, at + 4);
    at = end;
  }
  return at;
}

/** Reads the headers that stand from `start` up to, and without, `end`. */
export function decodeHeaders(bytes: Buffer, start: number, end: number): RecordHeaders {
  if (start === end) return NO_HEADERS;
  const headers: [string, string][] = [];
  for (let at = start; at < end; ) {
    const nameStart = at + LENGTHS_BYTES;
    const valueStart = nameStart + bytes.readInt32LE(at);
    const valueEnd = valueStart + bytes.readInt32LE(at + 4);
    headers.push([bytes.toString('utf8', nameStart, valueStart), bytes.toString('utf8', valueStart, valueEnd)]);
    at = valueEnd;
  }
  return Object.fromEntries(headers);
}
