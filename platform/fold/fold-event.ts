/** Folding one event into its page and its batch: memory only, so that it takes one turn and leaves nothing half done. */
import type { LogRecord } from '#platform/log/log.ts';
import type { Batch } from './batch.ts';
import { hearing, isHeard, type Origin } from './cause.ts';
import type { At, Effects, FoldDefinition, Folded, ReadEvent } from './definition.ts';
import { heardFrom, sentTo } from './edges.ts';
import { emissionsOf } from './emissions.ts';
import type { ShardMemory } from './flush.ts';
import type { ShardJoin } from './join.ts';
import type { BatchLookups } from './lookup.ts';
import { Abandoned, purely } from './outcome.ts';
import type { Page } from './page.ts';

/** A record that the fold has understood. */
export interface Readable<Event> {
  readonly record: LogRecord;
  readonly origin: Origin | undefined;
  readonly read: ReadEvent<Event>;
}

/** What an event is folded with, beside its page. */
export interface Folding<Event, State> {
  readonly definition: Pick<FoldDefinition<Event, State, unknown>, 'name' | 'delays' | 'fold' | 'expiry'>;
  readonly memory: ShardMemory;
  readonly batch: Batch<Event, State>;
  readonly join: ShardJoin<State, unknown> | undefined;
  readonly lookups: BatchLookups<Event, State, unknown> | undefined;
}

/** @throws Abandoned where the page is another owner's; Unfoldable where the definition throws */
export function foldEvent<Event, State>(folding: Folding<Event, State>, page: Page<State>, one: Readable<Event>): void {
  const { batch, definition, memory } = folding;
  const { record, origin, read } = one;
  const { offset } = record;
  const redo = offset < memory.nextOffset;
  if (offset <= page.lsn) {
    if (!redo)
      throw new Abandoned(
        'other_owner',
        `a row of shard ${memory.shard} is at offset ${page.lsn}, ahead of ${offset}: somebody else owns it`,
      );
    batch.skipped++;
    // The page was written; the shard's row, which goes with it, may not have been.
    purely('the record at', offset, () => folding.join?.merge(read.key, page.state));
    return;
  }
  page.lsn = offset;
  if (origin && isHeard(page.heard, origin.cause)) {
    batch.repeated++;
    return;
  }
  const at: At = {
    key: read.key,
    shard: memory.shard,
    offset,
    time_ms: origin?.timer?.due_ms ?? record.timestamp_ms,
    cause: origin?.cause,
    delay: origin?.timer?.delay,
  };
  purely('the record at', offset, () => {
    const expired = expire(definition, page.state, at);
    if (expired) page.state = expired.state;
    const found = folding.lookups?.find(page.state, read.event, offset);
    const folded = definition.fold(page.state, read.event, at, found);
    if (folded.outcome !== 'repeated') page.state = folded.state;
    if (origin) page.heard = hearing(page.heard, origin.cause);
    if (expired || origin || folded.outcome !== 'repeated') batch.pages.set(read.key, page);
    if (expired) take(folding, read.key, expired, redo);
    if (folded.outcome !== 'repeated') take(folding, read.key, folded, redo);
    emit(folding, at, expired, folded, redo);
    if (origin && !redo) memory.edges.add(heardFrom(origin.cause));
    folding.join?.merge(read.key, page.state);
    note(batch, one, folded, redo);
  });
}

/** Expires a passed deadline of the state: what the event itself does comes after it. */
function expire<Event, State>({ name, expiry }: Folding<Event, State>['definition'], state: State, at: At): Effects<State> | undefined {
  if (expiry === undefined) return undefined;
  const due_ms = expiry.due_ms(state);
  if (due_ms === undefined || at.time_ms < due_ms) return undefined;
  const expired = expiry.expire(state, at);
  if ((expiry.due_ms(expired.state) ?? Number.POSITIVE_INFINITY) <= due_ms)
    throw new Error(
      `expire of ${name} leaves the deadline that has passed: without a later one, or none, it expires with each event again`,
    );
  return expired;
}

/** Totals are added once, rows and lists are written again in a redo. */
function take<Event, State>({ batch, lookups, memory }: Folding<Event, State>, key: string, effects: Effects<State>, redo: boolean): void {
  if (effects.touched) batch.touch(key, effects.touched);
  if (effects.rows) {
    batch.completed.push(...effects.rows);
    lookups?.complete(effects.rows);
  }
  if (effects.totals && !redo) for (const change of effects.totals) memory.totals.add(change);
}

/** Emissions are sent again in a redo, under the same numbers, and counted once. */
function emit<Event, State>(
  { batch, definition, memory }: Folding<Event, State>,
  at: At,
  expired: Effects<State> | undefined,
  folded: Folded<State>,
  redo: boolean,
): void {
  const after = folded.outcome === 'repeated' ? undefined : folded.after;
  // Most records of most folds emit nothing.
  if (!expired && !folded.emits && !after) return;
  const emits = [...(expired?.emits ?? []), ...(folded.emits ?? [])];
  const delayed = [...(expired?.after ?? []), ...(after ?? [])];
  for (const emitted of emissionsOf(definition, at, emits, delayed)) {
    batch.emitted.push(emitted);
    if (!redo) memory.edges.add(sentTo(emitted.topic));
  }
}

function note<Event, State>(batch: Batch<Event, State>, { record, read }: Readable<Event>, folded: Folded<State>, redo: boolean): void {
  if (folded.outcome === 'repeated') {
    batch.repeated++;
    return;
  }
  if (folded.outcome === 'counted') batch.counted.push({ offset: record.offset, key: read.key, event: read.event });
  if (redo) batch.redone++;
  else if (folded.outcome === 'refused') batch.refused++;
  else batch.accepted.push({ key: read.key, accepted_ms: record.timestamp_ms });
}
