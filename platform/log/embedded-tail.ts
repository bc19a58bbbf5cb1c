/** A tail: follows every partition of a topic from where it ends now. */
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Clock } from '#platform/clock/clock.ts';
import type { TopicEnds } from './embedded-ends.ts';
import type { LogReads } from './embedded-reads.ts';
import type { LogRecord } from './log.ts';

/** Records that a tail is handed at once. */
const RECORDS_MAX = 1_000;
/** How long a tail waits after a read that failed, in milliseconds. */
const RETRY_MS = 1_000;

export interface TailContext {
  readonly reads: LogReads;
  readonly ends: TopicEnds;
  readonly clock: Clock;
  handle(records: readonly LogRecord[]): void;
}

/** Hands all that is appended after this call. Returns what ends it. */
export function followTopic(context: TailContext): () => Promise<void> {
  const stopping = new AbortController();
  const { topic } = context.ends;
  const following = Array.from({ length: topic.partitions }, (_, partition) => {
    return followPartition(context, partition, context.reads.bounds(topic, partition).end, stopping.signal);
  });
  return async () => {
    stopping.abort();
    await Promise.all(following);
  };
}

async function followPartition(context: TailContext, partition: number, start: number, signal: AbortSignal): Promise<void> {
  const { ends, clock, handle } = context;
  let position = start;
  for (;;) {
    await ends.reached(partition, position + 1, signal);
    if (signal.aborted) return;
    const found = recordsFrom(context, partition, position);
    if (found === undefined) {
      await clock.sleep(RETRY_MS, signal);
      continue;
    }
    position = found.next;
    if (found.records.length > 0) handle(found.records);
    // A tail that is far behind lets the rest of the process take its turn.
    await othersTurn();
  }
}

/** Undefined when the database cannot be read now: nobody waits for an answer, so it is tried again. */
function recordsFrom(
  { reads, ends }: TailContext,
  partition: number,
  position: number,
): { readonly records: readonly LogRecord[]; readonly next: number } | undefined {
  try {
    const records = reads.records(ends.topic, partition, position, RECORDS_MAX);
    const last = records.at(-1);
    // Where retention has removed all that arrived, the next record is waited for.
    const next = last ? last.offset + 1 : Math.max(position, reads.bounds(ends.topic, partition).earliest);
    return { records, next };
  } catch {
    return undefined;
  }
}
