/**
 * Given, when, then, for the rules of any fold. What is asked of a record is asked of the production owner of a shard, and each case runs
 * twice more: after a crash in which nothing but the commit of the record was written, and with the record handed again when all is written.
 *
 *     await given(shopStock, command('ramen', { kind: 'restock', quantity: 5 }))
 *       .when(from('shop-orders/0', 'ramen', { kind: 'reserve', order_id: 'o1', quantity: 2 }))
 *       .gives({ emits: [{ topic: 'shop-orders', key: 'o1', value: { kind: 'reserved', product_id: 'ramen' } }] });
 *
 * What is left out of `gives` must not happen; an outcome that is left out is `counted`. (It is not called `then`: whatever has a method of that
 * name is taken for a promise.)
 */
import { expect } from 'vitest';
import type { LogRecord } from '#platform/log/log.ts';
import { originHeaders, sourceOf } from './cause.ts';
import type { FoldDefinition, TotalChange } from './definition.ts';
import { arrived, OneShard, type Written } from './one-shard.testing.ts';
import { newPage, pageOf } from './page.ts';
import { added, type Outcome, plain, shown, sorted } from './shown.testing.ts';

/** When records are accepted, unless told otherwise. */
export const START_MS = Date.parse('2026-01-15T03:00:00Z');

/** A record before it has its place in the log of a fold. */
export type Draft = (offset: number, fold: Drafted) => LogRecord;
type Drafted = { readonly name: string; readonly delays?: Readonly<Record<string, unknown>> };

/** A record from outside. A value that is no text is written as JSON. */
export function command(key: string, value: unknown, time_ms = START_MS): Draft {
  return (offset) => arrived({ key, value: textOf(value), timestamp_ms: time_ms }, offset);
}

/**
 * An emission of another shard, `fold/shard`. Unless told otherwise it is a new one: drafts from one source ascend with their places.
 * @param emission the offset of its cause there, and its number
 */
export function from(
  source: string,
  key: string,
  value: unknown,
  { time_ms = START_MS, emission }: { readonly time_ms?: number; readonly emission?: readonly [offset: number, n: number] } = {},
): Draft {
  return (offset) => {
    const [origin, n] = emission ?? [offset, 0];
    const cause = { from: source, offset: origin, n, since_ms: time_ms };
    const headers = originHeaders({ cause, timer: undefined });
    return arrived({ key, value: textOf(value), timestamp_ms: time_ms, headers }, offset);
  };
}

/** What one of the fold's own delays brings back when it is due. @throws Error for a delay that the fold does not declare */
export function timer(delay: string, key: string, value: unknown, due_ms: number): Draft {
  return (offset, { name, delays = {} }) => {
    if (!(delay in delays)) throw new Error(`${name} declares no delay ${delay}`);
    const cause = { from: sourceOf(name, 0, delay), offset, n: 0, since_ms: due_ms };
    const headers = originHeaders({ cause, timer: { delay, due_ms } });
    return arrived({ key, value: textOf(value), timestamp_ms: due_ms, headers }, offset);
  };
}

export interface Expected<State, Topic extends string, Delay extends string, Measure extends string> {
  readonly outcome?: Outcome;
  /** Why it was rejected. */
  readonly reason?: string;
  /** In the order in which they are written. Their version is the record's offset: one with another version shows it. */
  readonly rows?: readonly ({ readonly table: string; readonly row: object } | { readonly table: string; readonly removed: object })[];
  /** Values are compared as JSON, where they are. */
  readonly emits?: readonly { readonly topic: Topic; readonly key: string; readonly value: unknown }[];
  readonly after?: readonly { readonly delay: Delay; readonly key: string; readonly value: unknown }[];
  /** What the record adds, in whatever order and parts. */
  readonly totals?: readonly TotalChange<Measure>[];
  /** The state of the record's key after it; looked at only where it is given. */
  readonly state?: State;
  /** What the shard's join keeps after it, as JSON; looked at only where it is given. */
  readonly kept?: unknown;
}

/** The records that were folded before, of one key or several. */
export function given<Event, State, Pin, Topic extends string, Delay extends string, Measure extends string>(
  declared: FoldDefinition<Event, State, Pin, Topic, Delay, Measure>,
  ...drafts: readonly Draft[]
) {
  const definition = withFrozenStates(declared);
  const records = drafts.map((draft, offset) => draft(offset, definition));
  return {
    when: (draft: Draft) => ({
      gives: (expected: Expected<State, Topic, Delay, Measure>) => check(definition, records, draft(records.length, definition), expected),
    }),
  };
}

/** The same fold, with states that cannot be changed: where one is changed in place, that line throws. */
function withFrozenStates<Event, State, Pin, Topic extends string, Delay extends string, Measure extends string>(
  definition: FoldDefinition<Event, State, Pin, Topic, Delay, Measure>,
): FoldDefinition<Event, State, Pin, Topic, Delay, Measure> {
  return { ...definition, initial: frozen(definition.initial), decode: (value) => frozen(definition.decode(value)) };
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

async function check<Event, State, Pin>(
  definition: FoldDefinition<Event, State, Pin>,
  records: readonly LogRecord[],
  record: LogRecord,
  expected: Expected<State, string, string, string>,
): Promise<void> {
  const [shard, crashed, together] = [new OneShard(definition), new OneShard(definition), new OneShard(definition)];
  if (records.length > 0) await shard.fold(records);
  const before = shard.totals();
  const written = await shard.fold([record]);
  await together.fold([...records, record]);
  expect(tablesOf(together), 'the tables when all is folded in one batch').toEqual(tablesOf(shard));
  const actual = {
    ...shown(written, record.offset),
    totals: added(before, shard.totals()),
    ...('state' in expected && { state: stateAfter(definition, shard, record) }),
    ...('kept' in expected && { kept: tablesOf(shard).kept }),
  };
  expect(actual, 'what the record gives').toEqual(wanted(expected));

  for (const earlier of records) await crashed.fold([earlier]);
  await crashed.foldAndDie([record]);
  const redone = await crashed.fold([record]);
  expect(writesOf(redone), 'what it gives when it is redone after a crash, from the page as it was').toEqual(writesOf(written));
  expect(tablesOf(crashed), 'the tables when it is redone after a crash').toEqual(tablesOf(shard));

  const tables = tablesOf(shard);
  const again = shown(await shard.fold([record]), record.offset);
  const isInPage = written.pages.length > 0;
  const nothing = { outcome: isInPage ? 'skipped' : actual.outcome, rows: [], emits: isInPage ? [] : actual.emits, after: [] };
  expect(again, 'what it gives when it is handed again and all is written').toMatchObject(nothing);
  expect(tablesOf(shard), 'the tables when it is handed again').toEqual(tables);
}

function wanted({ emits = [], after = [], totals = [], ...others }: Expected<unknown, string, string, string>) {
  return {
    outcome: 'counted',
    rows: [],
    ...others,
    emits: emits.map((emission) => ({ ...emission, value: plain(emission.value) })),
    after: after.map((delayed) => ({ ...delayed, value: plain(delayed.value) })),
    totals: added([], totals),
  };
}

function writesOf({ report: _, ...writes }: Written): Omit<Written, 'report'> {
  return writes;
}

function stateAfter<Event, State, Pin>(
  definition: FoldDefinition<Event, State, Pin>,
  { tables }: OneShard<Event, State, Pin>,
  record: LogRecord,
): State | undefined {
  const pinning = definition.pin(null, 0);
  const read = pinning.ok ? definition.read(record, record.partition, pinning.pin) : pinning;
  if (!read.ok) return undefined;
  const row = tables.read(definition.pages.table, definition.pages.keyOf(read.key));
  return (row ? pageOf(definition, read.key, String(row.page)) : newPage(definition)).state;
}

/** What the records led to, however they are cut into batches. (The lsn of a page is not: a repeated record alone writes none.) */
function tablesOf<Event, State, Pin>(shard: OneShard<Event, State, Pin>) {
  const kept = shard.kept();
  return { pages: shard.pages(), kept: kept === undefined ? undefined : (JSON.parse(kept) as unknown), totals: sorted(shard.totals()) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
