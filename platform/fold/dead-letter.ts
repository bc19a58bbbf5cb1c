/** What becomes of a record that cannot be folded: a letter in the topic of the rejected. */
import type { NewRecord } from '#platform/log/log.ts';
import type { RejectedRecord } from './batch.ts';

/** What a dead letter keeps of a key, and of a value: escaped six times over, both still fit the 1 MiB that a log may have for a record. */
const BYTES_MAX = 64 * 1024;
/** And of the reason, which may quote the record. */
const REASON_LENGTH_MAX = 1_000;

/**
 * A dead letter: where the record stood, why it was rejected, and its bytes (as text where they are UTF-8, else base64). The
 * log must take it whatever the record holds, or the shard would stand still: of much only the beginning is kept.
 */
export function deadLetter(topic: string, { record, reason }: RejectedRecord, now_ms: number): NewRecord {
  const letter = {
    topic,
    partition: record.partition,
    offset: record.offset,
    reason: reason.slice(0, REASON_LENGTH_MAX),
    ...bytes('key', record.key),
    ...bytes('value', record.value),
  };
  return { key: `${topic}/${record.partition}`, value: JSON.stringify(letter), timestamp_ms: now_ms };
}

function bytes(name: 'key' | 'value', content: Buffer | null): Record<string, string | number | null> {
  if (content === null) return { [name]: null };
  const kept = content.subarray(0, BYTES_MAX);
  const text = kept.toString('utf8');
  return {
    ...(Buffer.from(text, 'utf8').equals(kept) ? { [name]: text } : { [`${name}_base64`]: kept.toString('base64') }),
    ...(kept.length < content.length ? { [`${name}_bytes`]: content.length } : {}),
  };
}
