/** Reads and expects emissions in the plainest way, with none of the engine's code. */
import type { LogRecord } from '#platform/log/log.ts';
import type { ExpectedEmission } from './pipeline.ts';

export interface NaiveCause {
  readonly from: string;
  readonly offset: number;
  readonly n: number;
  readonly since_ms: number;
  readonly timer?: { readonly delay: string; readonly due_ms: number } | undefined;
}

/** Undefined for a record of a client. */
export function naiveCause({ headers }: LogRecord): NaiveCause | undefined {
  const { 'kaiseki-cause': cause, 'kaiseki-timer': timer } = headers;
  return cause === undefined ? undefined : { ...JSON.parse(cause), timer: timer === undefined ? undefined : JSON.parse(timer) };
}

/** A record when it came first. */
export interface Arrival {
  readonly offset: number;
  readonly key: string;
  readonly value: string;
  /** When it was appended, or was due. */
  readonly time_ms: number;
  readonly cause: NaiveCause | undefined;
}

/** The records of a shard without repeated emissions: those are told by their whole origin. */
export function firstArrivals(records: readonly LogRecord[]): Arrival[] {
  const seen = new Set<string>();
  const arrivals: Arrival[] = [];
  for (const record of records) {
    const cause = naiveCause(record);
    const origin = cause && `${cause.from}@${cause.offset}.${cause.n}`;
    if (origin !== undefined && seen.has(origin)) continue;
    if (origin !== undefined) seen.add(origin);
    const time_ms = cause?.timer?.due_ms ?? record.timestamp_ms;
    arrivals.push({ offset: record.offset, key: String(record.key), value: String(record.value), time_ms, cause });
  }
  return arrivals;
}

/** The last emission that a key has heard from each source; undefined where it heard nothing. */
export function heardBy(arrivals: readonly Arrival[]): { readonly heard?: Readonly<Record<string, readonly number[]>> } {
  const heard: Record<string, readonly number[]> = {};
  for (const { cause } of arrivals) if (cause) heard[cause.from] = [cause.offset, cause.n];
  return Object.keys(heard).length === 0 ? {} : { heard };
}

/** What a record emits. */
export interface NaiveEmission {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
}

/** What a record puts off. */
export interface NaiveDelayed {
  readonly delay: string;
  readonly duration_ms: number;
  readonly key: string;
  readonly value: string;
}

/** The emissions of one record of a shard, as they must stand in their topics. */
export function expectedOf(
  source: { readonly fold: string; readonly shard: number },
  { offset, time_ms, cause }: Arrival,
  emits: readonly NaiveEmission[],
  after: readonly NaiveDelayed[] = [],
): ExpectedEmission[] {
  const from = `${source.fold}/${source.shard}`;
  const since_ms = cause?.since_ms ?? time_ms;
  return [
    ...emits.map((emission, n) => ({ ...emission, from, offset, n, since_ms })),
    ...after.map(({ delay, duration_ms, key, value }, index) => ({
      topic: `${source.fold}-delay-${delay}`,
      key,
      value,
      from: `${from}>${delay}`,
      offset,
      n: emits.length + index,
      since_ms,
      timer: { delay, due_ms: time_ms + duration_ms },
    })),
  ];
}
