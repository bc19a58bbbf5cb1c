/** What a batch emits: the records for other topics and for the delays, each with its cause. */
import type { NewRecord } from '#platform/log/log.ts';
import { checkSizes } from '#platform/log/record-size.ts';
import { type Cause, type Origin, originHeaders, sourceOf } from './cause.ts';
import type { At, Delayed, Emission, FoldDefinition } from './definition.ts';

/** A record may lead to so many others at the most, those of delays included. */
export const EMISSIONS_MAX = 64;

/** The topic in which what a fold has put off waits. */
export function delayTopic(fold: string, delay: string): string {
  return `${fold}-delay-${delay}`;
}

/** An emission on its way to a topic. */
export interface Emitted {
  readonly topic: string;
  readonly key: string;
  readonly value: NewRecord['value'];
  readonly origin: Origin;
}

/**
 * The emissions of one record, numbered in the order in which the fold returned them. A pure function of its arguments, so that a
 * redo sends the same again.
 * @throws Error for more than EMISSIONS_MAX, and for a delay that the fold does not declare; UnwritableRecord
 */
export function emissionsOf(
  { name, delays }: Pick<FoldDefinition<never, never, never>, 'name' | 'delays'>,
  at: At,
  emits: readonly Emission[],
  after: readonly Delayed[],
): Emitted[] {
  const { shard, offset, time_ms, cause } = at;
  if (emits.length + after.length > EMISSIONS_MAX)
    throw new Error(`a record led to ${emits.length + after.length} emissions; ${EMISSIONS_MAX} are the most`);
  checkSizes(emits);
  checkSizes(after);
  const since_ms = cause?.since_ms ?? time_ms;
  const causeOf = (n: number, delay?: string): Cause => ({ from: sourceOf(name, shard, delay), offset, n, since_ms });
  return [
    ...emits.map(({ topic, key, value }, n): Emitted => ({ topic, key, value, origin: { cause: causeOf(n), timer: undefined } })),
    ...after.map(({ delay, key, value }, index): Emitted => {
      const duration_ms = delays?.[delay]?.duration_ms;
      if (duration_ms === undefined) throw new Error(`${name} declares no delay ${delay}`);
      const origin: Origin = { cause: causeOf(emits.length + index, delay), timer: { delay, due_ms: time_ms + duration_ms } };
      return { topic: delayTopic(name, delay), key, value, origin };
    }),
  ];
}

/** The records of a flush by topic, each topic's in the order in which they were emitted. */
export function recordsByTopic(emitted: readonly Emitted[], now_ms: number): ReadonlyMap<string, readonly NewRecord[]> {
  const topics = new Map<string, NewRecord[]>();
  for (const { topic, key, value, origin } of emitted) {
    const records = topics.get(topic) ?? [];
    topics.set(topic, records);
    records.push({ key, value, timestamp_ms: now_ms, headers: originHeaders(origin) });
  }
  return topics;
}
