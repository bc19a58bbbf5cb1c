/**
 * The owner of one shard: folds batches of records into its memory and flushes each batch before it takes the next
 * (decision 8, steps 3 and 4). Nothing is folded while a flush is under way, so memory and tables never
 * differ by more than the one batch in hand; other shards of the process use that time.
 */
import { type LogRecord, NO_HEADERS } from '#platform/log/log.ts';
import { UnwritableRow } from '#platform/tables/tables.ts';
import { checkKey } from '#platform/tables/values.ts';
import { Batch, type RejectedRecord } from './batch.ts';
import type { PageShare } from './budget.ts';
import { type Origin, originOf } from './cause.ts';
import { type Claim, mustBeMine } from './claim.ts';
import type { FoldContext } from './context.ts';
import type { ReadEvent, Rejected } from './definition.ts';
import { EDGES, rejectedFrom } from './edges.ts';
import { flush, type ShardMemory } from './flush.ts';
import { type Folding, foldEvent, type Readable } from './fold-event.ts';
import { ShardJoin } from './join.ts';
import { BatchLookups } from './lookup.ts';
import { FoldAlarm, purely, Unfoldable } from './outcome.ts';
import { newPage, pageOf } from './page.ts';
import { PageCache } from './page-cache.ts';
import { SeenKeys } from './seen-keys.ts';

export class ShardOwner<Event, State, Pin> {
  readonly #context: FoldContext<Event, State, Pin>;
  readonly #pin: Pin;
  readonly #memory: ShardMemory;
  readonly #pages = new PageCache<State>();
  /**
   * Of a shard claimed before anything was committed: no row of any key was written but by this owner, so that a key that it
   * has not met is new, and need not be looked up. Others may come to own the shard; then nothing of this owner is committed.
   */
  readonly #met: SeenKeys | undefined;
  readonly #share: PageShare;
  #join: ShardJoin<State, unknown> | undefined;

  constructor(
    context: FoldContext<Event, State, Pin>,
    shard: number,
    claim: Claim<Pin>,
    { signal, pages }: { readonly signal: AbortSignal; readonly pages: PageShare },
  ) {
    this.#context = context;
    this.#pin = claim.pin;
    this.#share = pages;
    this.#met = claim.nextOffset === 0 ? new SeenKeys() : undefined;
    this.#memory = { shard, epoch: claim.epoch, nextOffset: claim.nextOffset, totals: claim.totals, edges: claim.edges, signal };
  }

  /**
   * Loads the join, and publishes the totals as they were found, so that readers learn of them even if the last owner died before it could.
   * @throws as `fold` does
   */
  async start(): Promise<void> {
    const { definition, tables } = this.#context;
    await this.#orAlarm(async () => {
      if (definition.join) this.#join = await ShardJoin.load(tables, definition.join, definition.name, this.#memory.shard);
      await flush(this.#context, this.#memory, new Batch<Event, State>([], new Set()), undefined, undefined);
    });
  }

  /**
   * Folds records and writes all that follows from them; resolved, everything is acknowledged, and the group's offset stored unless the
   * join keeps it (join.ts).
   * @throws Abandoned: what this owner remembers is void; FoldAlarm where these records could not be folded the next time, either
   */
  async fold(records: readonly LogRecord[], commitGroup: (offset: number) => Promise<void>): Promise<void> {
    await this.#orAlarm(async () => {
      const { clock, definition, limits, observer, tables } = this.#context;
      const started_ms = clock.monotonic_ms();
      const { readable, rejected } = this.#read(records);
      const periods = new Set(readable.flatMap(({ read }) => read.periods));
      await this.#loadPeriods(periods);
      const { cacheHits, cacheMisses } = await this.#loadPages(readable);
      const batch = new Batch<Event, State>(records, periods);
      batch.rejected.push(...rejected);
      for (const { record, origin } of rejected)
        if (origin && record.offset >= this.#memory.nextOffset) this.#memory.edges.add(rejectedFrom(origin.cause));
      const lookups = definition.lookup && new BatchLookups(tables, definition.lookup);
      await lookups?.read(this.#unfolded(readable));
      const folding: Folding<Event, State> = { definition, memory: this.#memory, batch, join: this.#join, lookups };
      for (const one of readable) foldEvent(folding, this.#pages.get(one.read.key), one);
      await flush(this.#context, this.#memory, batch, this.#join, commitGroup);
      this.#pages.trim(Math.min(limits.cachedPages, this.#share.limit));
      this.#share.note(this.#pages.size);
      this.#memory.totals.trim(limits.cachedPeriods);
      observer.flushed({
        shard: this.#memory.shard,
        records: batch.records,
        counted: batch.accepted,
        refused: batch.refused,
        redone: batch.redone,
        repeated: batch.repeated,
        rejected: batch.rejected.length,
        skipped: batch.skipped,
        emitted: batch.emitted.length,
        edges: this.#memory.edges.rows(EDGES),
        lookups: lookups?.reads ?? 0,
        cacheHits,
        cacheMisses,
        duration_ms: clock.monotonic_ms() - started_ms,
        nextOffset: this.#memory.nextOffset,
      });
    });
  }

  async #orAlarm(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      const error = thrown instanceof UnwritableRow ? new Unfoldable('a row that is read', thrown) : thrown;
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

  #read(records: readonly LogRecord[]): { readable: Readable<Event>[]; rejected: (RejectedRecord & { origin: Origin | undefined })[] } {
    const readable: Readable<Event>[] = [];
    const rejected: (RejectedRecord & { origin: Origin | undefined })[] = [];
    for (const record of records) {
      const origin = readOrigin(record);
      if (origin === 'unreadable') {
        rejected.push({ record, origin: undefined, reason: 'its headers name a cause or a timer that cannot be read' });
        continue;
      }
      const read = purely('the record at', record.offset, () => this.#readOne(record));
      if (read.ok) readable.push({ record, origin, read });
      else rejected.push({ record, origin, reason: read.reason });
    }
    return { readable, rejected };
  }

  /** A record whose key no table takes is rejected: its page could never be read or written. */
  #readOne(record: LogRecord): ReadEvent<Event> | Rejected {
    const { definition } = this.#context;
    const read = definition.read(record, this.#memory.shard, this.#pin);
    if (!read.ok) return read;
    if (read.periods.includes(EDGES)) throw new Error(`the period ${EDGES} is the engine's own: totals need another one`);
    try {
      checkKey(definition.pages.table, definition.pages.keyOf(read.key));
      return read;
    } catch (error) {
      if (error instanceof UnwritableRow) return { ok: false, reason: `its key cannot be a key of the tables: ${error.message}` };
      throw error;
    }
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

  async #loadPages(readable: readonly Readable<Event>[]): Promise<{ cacheHits: number; cacheMisses: number }> {
    const { definition, tables } = this.#context;
    const keys = new Set(readable.map(({ read }) => read.key));
    const missing = [...keys].filter((key) => !this.#pages.use(key));
    const { met = [], unmet = [] } = Object.groupBy(missing, (key) => (this.#met?.note(key) === false ? 'unmet' : 'met'));
    for (const key of unmet) this.#pages.set(key, newPage(definition));
    if (met.length > 0) {
      const { table, keyOf } = definition.pages;
      const rows = await tables.get(table, met.map(keyOf));
      for (const [index, key] of met.entries()) {
        const text = rows[index]?.page;
        this.#pages.set(key, text === undefined ? newPage(definition) : pageOf(definition, key, String(text)));
      }
    }
    return { cacheHits: keys.size - missing.length, cacheMisses: met.length };
  }

  /** The events that are not in their pages yet, each with the state as it is before the batch. */
  *#unfolded(readable: readonly Readable<Event>[]): Generator<{ state: State; event: Event }> {
    for (const { record, read } of readable) {
      const { lsn, state } = this.#pages.get(read.key);
      if (record.offset > lsn) yield { state, event: read.event };
    }
  }
}

function readOrigin(record: LogRecord): Origin | undefined | 'unreadable' {
  if (record.headers === NO_HEADERS) return undefined;
  try {
    return originOf(record);
  } catch {
    return 'unreadable';
  }
}
