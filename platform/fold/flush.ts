/** One flush of one shard (decisions 8 and 14): commit, rows and emissions, pages, then publication and the group's offset. */
import { backoff_ms } from '#platform/clock/backoff.ts';
import { AppendFailed, UnwritableRecord } from '#platform/log/log.ts';
import { type Mutation, UnwritableRow } from '#platform/tables/tables.ts';
import type { Batch } from './batch.ts';
import type { FoldContext } from './context.ts';
import { deadLetter } from './dead-letter.ts';
import type { FoldDefinition } from './definition.ts';
import { type Emitted, recordsByTopic } from './emissions.ts';
import type { ShardJoin } from './join.ts';
import { Abandoned, purely, Unfoldable } from './outcome.ts';
import { type Page, pageRow } from './page.ts';
import { encodeInParts } from './published-totals.ts';
import { ALL, type ShardTotals } from './totals.ts';

/** What the owner of a shard remembers besides its pages. */
export interface ShardMemory {
  readonly shard: number;
  readonly epoch: number;
  /** Every event below this is in `totals`, and, but for the batch in hand, in the tables. */
  nextOffset: number;
  readonly totals: ShardTotals;
  /** What the shard has sent and heard, committed with the totals (edges.ts). */
  readonly edges: ShardTotals;
  readonly signal: AbortSignal;
}

/**
 * Writes what a batch changed, in the order on which recovery relies. The order of the awaits is the protocol.
 * `commitGroup` is absent where there is nothing to store (the publication after a claim). A redo that has changed the join stores
 * the group's offset at its end only (join.ts).
 * @throws Abandoned, Unfoldable
 */
export async function flush<Event, State, Pin>(
  context: FoldContext<Event, State, Pin>,
  memory: ShardMemory,
  batch: Batch<Event, State>,
  join: ShardJoin<State, unknown> | undefined,
  commitGroup: ((offset: number) => Promise<void>) | undefined,
): Promise<void> {
  const { definition, log, tables } = context;
  const rejected = batch.rejected.map((reject) => deadLetter(definition.topic, reject, context.clock.now_ms()));
  if (rejected.length > 0) await persist(context, memory, 'rejected records', () => log.append(definition.rejectedTopic, rejected));

  await commit(context, memory, batch.end);

  const rows = purely('the rows of those below', batch.end, () => rowsOf(definition, memory, batch));
  const written = rows.length > 0 ? [persist(context, memory, 'rows', () => tables.write(rows))] : [];
  await all([...written, ...emit(context, memory, batch.emitted)]);

  const complete = batch.end < memory.nextOffset ? undefined : join;
  const pages = purely('the pages of those below', batch.end, () => [
    ...[...batch.pages].map(([key, page]) => pageRow(definition, key, page)),
    ...(complete?.row(batch.end) ?? []),
  ]);
  if (pages.length > 0) await persist(context, memory, 'pages', () => tables.write(pages));
  complete?.written();

  await publish(context, memory, batch);
  if (commitGroup && !join?.isOpen) await persist(context, memory, 'group offset', () => commitGroup(batch.end));
}

/** The rows of step b: those of the events, those that they completed, and those of the lists that their keys entered or left. */
function rowsOf<Event, State, Pin>(
  definition: FoldDefinition<Event, State, Pin>,
  { shard, epoch }: ShardMemory,
  batch: Batch<Event, State>,
): Mutation[] {
  const rows = [...(definition.eventRows?.(batch.counted, shard, epoch) ?? []), ...batch.completed];
  for (const [key, names] of batch.touched) {
    const { lsn, state } = batch.pages.get(key) as Page<State>;
    rows.push(...(definition.memberRows?.(key, state, names, { shard, lsn }) ?? []));
  }
  return rows;
}

/**
 * One compare-and-set stores next_offset and the changed totals. Without an answer the same one is sent again; refused
 * with our epoch and our next means that an earlier copy applied; any other refusal voids all that we remember.
 */
async function commit<Event, State, Pin>(context: FoldContext<Event, State, Pin>, memory: ShardMemory, end: number): Promise<void> {
  const base = memory.nextOffset;
  if (end <= base) return; // A redo only: nothing to store.
  const request = { epoch: memory.epoch, base, next: end, totals: [...memory.totals.takeChanged(), ...memory.edges.takeChanged()] };
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

/**
 * Appends what a batch emitted, each topic's by a call of its own. What is not known to be durable is sent again; in each partition
 * it is the end of what was sent there, so that first arrivals keep their order.
 */
function emit<Event, State, Pin>(
  context: FoldContext<Event, State, Pin>,
  memory: ShardMemory,
  emitted: readonly Emitted[],
): Promise<void>[] {
  const { clock, log } = context;
  return [...recordsByTopic(emitted, clock.now_ms())].map(([topic, records]) => {
    let open = records;
    return persist(context, memory, `emissions to ${topic}`, async () => {
      try {
        await log.append(topic, open);
      } catch (error) {
        if (error instanceof AppendFailed) open = open.filter((_, index) => error.indexes.has(index));
        throw error;
      }
    });
  });
}

/** Waits for all, whatever becomes of them, so that nothing of a claim that failed goes on behind it. @throws what the first of them threw */
async function all(writes: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(writes)) if (result.status === 'rejected') throw result.reason;
}

async function publish<Event, State, Pin>(
  context: FoldContext<Event, State, Pin>,
  memory: ShardMemory,
  batch: Batch<Event, State>,
): Promise<void> {
  const { definition, log } = context;
  const { totalsTopic } = definition;
  if (totalsTopic === undefined) return;
  // Records that were in their pages already count too: their owner may have died before it could publish.
  if (batch.records > 0 && batch.pages.size + batch.skipped === 0) return;
  const totals = [ALL, ...batch.periods].flatMap((period) => memory.totals.rows(period));
  const published = { fold: definition.name, shard: memory.shard, nextOffset: memory.nextOffset, totals };
  const key = `${definition.name}/${memory.shard}`;
  const timestamp_ms = context.clock.now_ms();
  const records = encodeInParts(published).map((value) => ({ key, value, timestamp_ms }));
  await persist(context, memory, 'totals', () => log.append(totalsTopic, records));
}

/** Sends a write until it is acknowledged. @throws Abandoned when it stays unanswered or the shard is no longer ours meanwhile; Unfoldable where no table, or no log, takes it */
async function persist<Event, State, Pin>(
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
      if (error instanceof UnwritableRow || error instanceof UnwritableRecord) throw new Unfoldable(`the ${what}`, error);
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
