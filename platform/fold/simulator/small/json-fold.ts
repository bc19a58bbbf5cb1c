/** What the small folds share that feed each other: records and states are JSON, and nothing is pinned. */
import type { LogRecord } from '#platform/log/log.ts';
import type { ReadEvent, Rejected } from '../../definition.ts';

/** An event, with the key that it belongs to. */
export type Keyed<Event> = Event & { readonly key: string };

/** Reads a record whose value is a JSON object; what is none is rejected. */
export function readJson<Event>(record: LogRecord): ReadEvent<Keyed<Event>> | Rejected {
  const text = String(record.value);
  if (record.key === null || !text.startsWith('{')) return { ok: false, reason: 'garbage' };
  const key = String(record.key);
  return { ok: true, key, event: { ...(JSON.parse(text) as Event), key }, periods: [] };
}

/** Of folds without a configuration. */
export function noPin(): { readonly ok: true; readonly fingerprint: string; readonly pin: undefined } {
  return { ok: true, fingerprint: 'none', pin: undefined };
}
