/** How large a record may be: the same in every log, so that what one takes the other takes too. */
import { type NewRecord, RECORD_BYTES_MAX, UnwritableRecord } from './log.ts';

/** @throws UnwritableRecord for the first record that is larger than any log takes */
export function checkSizes(records: readonly Pick<NewRecord, 'key' | 'value' | 'headers'>[]): void {
  for (const record of records) {
    if (lengthOf(record) * BYTES_PER_UNIT_MAX <= RECORD_BYTES_MAX) continue;
    const bytes = bytesOf(record);
    if (bytes > RECORD_BYTES_MAX)
      throw new UnwritableRecord(
        `the record of key ${JSON.stringify(record.key.slice(0, KEY_SHOWN))} has ${bytes} bytes; a log takes ${RECORD_BYTES_MAX}`,
      );
  }
}

/** A UTF-16 unit is at most three bytes of UTF-8, so that the bytes of almost every record need no counting. */
const BYTES_PER_UNIT_MAX = 3;
/** Characters of a key that a message quotes. */
const KEY_SHOWN = 100;

type Sized = Parameters<typeof checkSizes>[0][number];

function lengthOf({ key, value, headers }: Sized): number {
  let length = key.length + value.length;
  for (const name in headers) length += name.length + (headers[name]?.length ?? 0);
  return length;
}

function bytesOf({ key, value, headers = {} }: Sized): number {
  const texts = Object.entries(headers).flat();
  return texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), Buffer.byteLength(key) + Buffer.byteLength(value));
}
