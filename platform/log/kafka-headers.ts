/** Headers of records, as a record batch takes them and as kafkajs hands them. */
import type { IHeaders } from 'kafkajs';
import { sizeOfVarint } from './kafka-varint.ts';
import { NO_HEADERS, type RecordHeaders } from './log.ts';

/** A header, its texts measured in bytes of UTF-8. */
interface BatchHeader {
  readonly name: string;
  readonly nameBytes: number;
  readonly value: string;
  readonly valueBytes: number;
}

/** The headers of one record, measured. */
export interface BatchHeaders {
  readonly list: readonly BatchHeader[];
  /** What they take in a batch, without their number. */
  readonly bytes: number;
}

const NONE: BatchHeaders = { list: [], bytes: 0 };

export function measuredHeaders(headers: RecordHeaders = NO_HEADERS): BatchHeaders {
  if (headers === NO_HEADERS) return NONE;
  let bytes = 0;
  const list = Object.entries(headers).map(([name, value]) => {
    const nameBytes = Buffer.byteLength(name);
    const valueBytes = Buffer.byteLength(value);
    bytes += sizeOfVarint(nameBytes) + nameBytes + sizeOfVarint(valueBytes) + valueBytes;
    return { name, nameBytes, value, valueBytes };
  });
  return { list, bytes };
}

/** The headers of a record that was read, in the words of the port. */
export function headersOf(read: IHeaders | undefined): RecordHeaders {
  // Records without headers are the many: nothing is made for them.
  let found: [string, string][] | undefined;
  for (const name in read) {
    found ??= [];
    found.push([name, textOf(read[name])]);
  }
  return found === undefined ? NO_HEADERS : Object.fromEntries(found);
}

/**
 * kafkajs hands a repeated header as all its values, in order. It also takes one whose name every object knows (`toString`) for
 * repeated: what it puts first then is no value.
 */
function textOf(value: IHeaders[string] | null): string {
  const last = Array.isArray(value) ? value.at(-1) : value;
  return last?.toString() ?? '';
}
