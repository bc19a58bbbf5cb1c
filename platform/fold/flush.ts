/** One flush of one shard (decision 8, step 3): commit, rows, the keys' rows, then publication and the group's offset. */
import { backoff_ms } from '#platform/clock/backoff.ts';
import type { NewRecord } from '#platform/log/log.ts';
import { type Mutation, UnwritableRow } from '#platform/tables/tables.ts';
import type { Batch, RejectedRecord } from './batch.ts';
import type { FoldContext } from './context.ts';
import type { FoldDefinition, KeyState } from './definition.ts';
import { Abandoned, purely, Unfoldable } from './outcome.ts';
import { encodePublishedTotals } from './published-totals.ts';
import { ALL, type ShardTotals } from './totals.ts';

/** What a dead letter keeps of a key, and of a value: escaped six times over, both still fit the 1 MiB that a log may have for a record. */
const LETTER_BYTES_MAX = 64 * 1024;
/** And of the reason, which may quote the record. */
const LETTER_REASON_LENGTH_MAX = 1_000;

/** What the owner of a shard remembers besides its states. */
export interface ShardMemory {
  readonly shard: number;
  readonly epoch: number;
  /** Every event below this is in `totals`, and, but for the batch in hand, in the tables. */
  nextOffset: number;
  readonly totals: ShardTotals;
  readonly signal: AbortSignal;
}

/**
 * Writes what a batch changed, in the order on which recovery relies. The order of the awaits is the protocol.
 * `commitGroup` is absent where there is nothing to store (the publication after a claim).
 * @throws Abandoned, Unfoldable
 */
export async function flush<Event, State extends KeyState, Pin>(
  context: FoldContext<Event, State, Pin>,
  memory: ShardMemory,
  batch: Batch<Event, State>,
  commitGroup: ((offset: number) => Promise<void>) | undefined,
): Promise<void> {
  const { definition, log, tables } = context;
  const rejected = batch.rejected.map((reject) => rejectedRecord(definition.topic, reject, context.clock.now_ms()));
  if (rejected.length > 0) await persist(context, memory, 'rejected records', () => log.append(definition.rejectedTopic, rejected));

  await commit(context, memory, batch.end);

  const rows = purely('the rows of those below', batch.end, () => rowsOf(definition, memory, batch));
  if (rows.length > 0) await persist(context, memory, 'rows', () => tables.write(rows));

  const states = purely('the rows of those below', batch.end, () =>
    [...batch.states].map(([key, state]) => definition.stateRow(key, state)),
  );
  if (states.length > 0) await persist(context, memory, 'states', () => tables.write(states));

  await publish(context, memory, batch);
  if (commitGroup) await persist(context, memory, 'group offset', () => commitGroup(batch.end));
}

/** The rows of step b: those of the events, those that they completed, and those of the segments that their keys entered or left. */
function rowsOf<Event, State extends KeyState, Pin>(
  definition: FoldDefinition<Event, State, Pin>,
  { shard, epoch }: ShardMemory,
  batch: Batch<Event, State>,
): Mutation[] {
  const rows = [...definition.eventRows(batch.counted, shard, epoch), ...batch.completed];
  for (const [key, segments] of batch.touched) rows.push(...definition.memberRows(key, batch.states.get(key) as State, segments, shard));
  return rows;
}

/**
 * One compare-and-set stores next_offset and the changed totals. Without an answer the same one is sent again; refused
 * with our epoch and our next means that an earlier copy applied; any other refusal voids all that we remember.
 */
async function commit<Event, State extends KeyState, Pin>(
  context: FoldContext<Event, State, Pin>,
  memory: ShardMemory,
  end: number,
): Promise<void> {
  const base = memory.nextOffset;
  if (end <= base) return; // A redo only: nothing to store.
  const request = { epoch: memory.epoch, base, next: end, totals: memory.totals.takeChanged() };
  await persist(context, memory, 'commit', async () => {
    const reply = await context.tables.commitShard({ fold: context.definition.name, shard: memory.shard }, request);
    if (reply.applied || (reply.epoch === memory.epoch && reply.nextOffset === end)) return;
    throw new Abandoned(
      'commit_refused',
      `the commit of shard ${memory.shard} from ${base} to ${end} at epoch ${memory.epoch} was refused: the shard is at epoch ${reply.epoch}, next_offset ${reply.nextOffset}`,
    );
  });
  memory.nextOffset = end;
}

async function publish<Event, State extends KeyState, Pin>(
  context: FoldContext<Event, State, Pin>,
  memory: ShardMemory,
  batch: Batch<Event, State>,
): Promise<void> {
  const { definition, log } = context;
  // Records that were in their rows already count too: their owner may have died before it could publish.
  if (batch.records > 0 && batch.counted.length + batch.skipped === 0) return;
  const totals = [ALL, ...batch.periods].flatMap((period) => memory.totals.rows(period));
  const record: NewRecord = {
    key: `${definition.name}/${memory.shard}`,
    value: encodePublishedTotals({ fold: definition.name, shard: memory.shard, nextOffset: memory.nextOffset, totals }),
    timestamp_ms: context.clock.now_ms(),
  };
  await persist(context, memory, 'totals', () => log.append(definition.totalsTopic, [record]));
}

/** Sends a write until it is acknowledged. @throws Abandoned when it stays unanswered or the shard is no longer ours meanwhile; Unfoldable where no table takes it */
async function persist<Event, State extends KeyState, Pin>(
  context: FoldContext<Event, State, Pin>,
  memory: ShardMemory,
  what: string,
  send: () => Promise<void>,
): Promise<void> {
  const { clock, limits } = context;
  for (let attempt = 0; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (error instanceof Abandoned) throw error;
      if (error instanceof UnwritableRow) throw new Unfoldable(`the ${what}`, error);
      if (memory.signal.aborted) throw new Abandoned('stopping', `shard ${memory.shard} ended before its ${what} were acknowledged`, error);
      if (attempt + 1 >= limits.attempts)
        throw new Abandoned(
          'unanswered',
          `the ${what} of shard ${memory.shard} stayed unacknowledged after ${limits.attempts} attempts`,
          error,
        );
      await clock.sleep(backoff_ms(limits, attempt), memory.signal);
    }
  }
}

/**
 * A dead letter: where the record stood, why it was rejected, and its bytes (as text where they are UTF-8, else base64). The
 * log must take it whatever the record holds, or the shard would stand still: of much only the beginning is kept.
 */
function rejectedRecord(topic: string, { record, reason }: RejectedRecord, now_ms: number): NewRecord {
  const letter = {
    topic,
    partition: record.partition,
    offset: record.offset,
    reason: reason.slice(0, LETTER_REASON_LENGTH_MAX),
    ...bytes('key', record.key),
    ...bytes('value', record.value),
  };
  return { key: `${topic}/${record.partition}`, value: JSON.stringify(letter), timestamp_ms: now_ms };
}

function bytes(name: 'key' | 'value', content: Buffer | null): Record<string, string | number | null> {
  if (content === null) return { [name]: null };
  const kept = content.subarray(0, LETTER_BYTES_MAX);
  const text = kept.toString('utf8');
  return {
    ...(Buffer.from(text, 'utf8').equals(kept) ? { [name]: text } : { [`${name}_base64`]: kept.toString('base64') }),
    ...(kept.length < content.length ? { [`${name}_bytes`]: content.length } : {}),
  };
}
