/**
 * The owner of one shard: folds batches of records into its memory and flushes each batch before it takes the next
 * (decision 8, steps 3 and 4). Nothing is folded while a flush is under way, so memory and tables never
 * differ by more than the one batch in hand; other shards of the process use that time.
 */
import type { LogRecord } from '#platform/log/log.ts';
import { Batch, type RejectedRecord } from './batch.ts';
import { type Claim, mustBeMine } from './claim.ts';
import type { FoldContext } from './context.ts';
import type { KeyState, ReadEvent } from './definition.ts';
import { flush, type ShardMemory } from './flush.ts';
import { Abandoned, FoldAlarm, purely, Unfoldable } from './outcome.ts';
import { SeenKeys } from './seen-keys.ts';
import { StateCache } from './states.ts';

interface Readable<Event> {
  readonly record: LogRecord;
  readonly read: ReadEvent<Event>;
}

export class ShardOwner<Event, State extends KeyState, Pin> {
  readonly #context: FoldContext<Event, State, Pin>;
  readonly #pin: Pin;
  readonly #memory: ShardMemory;
  readonly #states = new StateCache<State>();
  /**
   * Of a shard claimed before anything was committed: no row of any key was written but by this owner, so that a key that it
   * has not met is new, and need not be looked up. Others may come to own the shard; then nothing of this owner is committed.
   */
  readonly #met: SeenKeys | undefined;

  constructor(context: FoldContext<Event, State, Pin>, shard: number, claim: Claim<Pin>, signal: AbortSignal) {
    this.#context = context;
    this.#pin = claim.pin;
    this.#met = claim.nextOffset === 0 ? new SeenKeys() : undefined;
    this.#memory = { shard, epoch: claim.epoch, nextOffset: claim.nextOffset, totals: claim.totals, signal };
  }

  /** Publishes the totals as they were found, so that readers learn of them even if the last owner died before it could. */
  async start(): Promise<void> {
    await flush(this.#context, this.#memory, new Batch<Event, State>([], new Set()), undefined);
  }

  /**
   * Folds records and writes all that follows from them; resolved, everything is acknowledged and the group's offset stored.
   * @throws Abandoned: what this owner remembers is void; FoldAlarm where these records could not be folded the next time, either
   */
  async fold(records: readonly LogRecord[], commitGroup: (offset: number) => Promise<void>): Promise<void> {
    try {
      const { clock, limits, observer } = this.#context;
      const started_ms = clock.monotonic_ms();
      const { readable, rejected } = this.#read(records);
      const periods = new Set(readable.flatMap(({ read }) => read.periods));
      await this.#loadPeriods(periods);
      const { cacheHits, cacheMisses } = await this.#loadStates(readable);
      const batch = new Batch<Event, State>(records, periods);
      batch.rejected.push(...rejected);
      for (const { record, read } of readable) this.#foldOne(batch, record, read);
      await flush(this.#context, this.#memory, batch, commitGroup);
      this.#states.trim(limits.cachedStates);
      this.#memory.totals.trim(limits.cachedPeriods);
      observer.flushed({
        shard: this.#memory.shard,
        records: batch.records,
        counted: batch.accepted,
        redone: batch.redone,
        duplicates: batch.duplicates,
        rejected: batch.rejected.length,
        skipped: batch.skipped,
        cacheHits,
        cacheMisses,
        duration_ms: clock.monotonic_ms() - started_ms,
        nextOffset: this.#memory.nextOffset,
      });
    } catch (error) {
      throw error instanceof Unfoldable ? await this.#verdictOn(error) : error;
    }
  }

  /** What an error means that will come again: an alarm, unless the shard is not known to be ours, and another owner's rows may be its cause. */
  async #verdictOn(error: Unfoldable): Promise<Error> {
    const { definition, tables } = this.#context;
    const { shard, epoch, nextOffset } = this.#memory;
    const state = await tables.readShard({ fold: definition.name, shard }, [], 'serial').catch(() => undefined);
    if (state?.epoch !== epoch || state.nextOffset !== nextOffset) return error;
    return new FoldAlarm(
      'unfoldable',
      `shard ${shard} cannot be folded: ${error.message}. It would be the same the next time: the program is wrong, or a row in the tables. Run a program that mends it, or go back to the last one that did not fail.`,
      error.cause,
    );
  }

  #read(records: readonly LogRecord[]): { readable: Readable<Event>[]; rejected: RejectedRecord[] } {
    const readable: Readable<Event>[] = [];
    const rejected: RejectedRecord[] = [];
    for (const record of records) {
      const read = purely('the record at', record.offset, () => this.#context.definition.read(record, this.#memory.shard, this.#pin));
      if (read.ok) readable.push({ record, read });
      else rejected.push({ record, reason: read.reason });
    }
    return { readable, rejected };
  }

  /** Reads totals together with epoch and next_offset: if those are not this owner's, neither are the totals. */
  async #loadPeriods(periods: ReadonlySet<string>): Promise<void> {
    const { definition, tables } = this.#context;
    const { shard, epoch, nextOffset, totals } = this.#memory;
    const missing = [...periods].filter((period) => !totals.has(period));
    if (missing.length === 0) return;
    const state = await tables.readShard({ fold: definition.name, shard }, missing, 'serial');
    mustBeMine(state, shard, epoch, nextOffset);
    totals.load(missing, state.totals);
  }

  async #loadStates(readable: readonly Readable<Event>[]): Promise<{ cacheHits: number; cacheMisses: number }> {
    const { definition, tables } = this.#context;
    const keys = new Set(readable.map(({ read }) => read.key));
    const missing = [...keys].filter((key) => !this.#states.use(key));
    const { met = [], unmet = [] } = Object.groupBy(missing, (key) => (this.#met?.note(key) === false ? 'unmet' : 'met'));
    for (const key of unmet) this.#states.set(key, definition.newState);
    if (met.length > 0) {
      const states = await definition.load(tables, met);
      for (const [index, key] of met.entries()) this.#states.set(key, states[index] as State);
    }
    return { cacheHits: keys.size - missing.length, cacheMisses: met.length };
  }

  #foldOne(batch: Batch<Event, State>, record: LogRecord, read: ReadEvent<Event>): void {
    const { definition } = this.#context;
    const { nextOffset, shard, totals } = this.#memory;
    const { offset } = record;
    const redo = offset < nextOffset;
    const state = this.#states.get(read.key);
    if (offset <= state.lsn) {
      if (!redo)
        throw new Abandoned('other_owner', `a row of shard ${shard} is at offset ${state.lsn}, ahead of ${offset}: somebody else owns it`);
      batch.skipped++;
      return;
    }
    const tallied = purely('the record at', offset, () => definition.tally(state, read.event, offset));
    this.#states.set(read.key, tallied.state);
    if (tallied.kind === 'duplicate') {
      batch.duplicates++;
      if (batch.states.has(read.key)) batch.states.set(read.key, tallied.state);
      return;
    }
    batch.counted.push({ offset, key: read.key, event: read.event });
    batch.states.set(read.key, tallied.state);
    batch.touch(read.key, tallied.touched);
    if (tallied.rows) batch.completed.push(...tallied.rows);
    if (redo) {
      batch.redone++;
      return;
    }
    purely('the record at', offset, () => {
      for (const change of tallied.totals) totals.add(change);
    });
    batch.accepted.push({ key: read.key, accepted_ms: record.timestamp_ms });
  }
}
