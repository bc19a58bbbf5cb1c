/** Histories of one user in which orders come again, folded as the engine folds them: with what is looked up in the rows so far. */
import fc from 'fast-check';
import type { At } from '#platform/fold/definition.ts';
import { BatchLookups } from '#platform/fold/lookup.ts';
import { hashKey } from '#platform/log/partition.ts';
import { Random } from '#platform/random/random.ts';
import type { Mutation, Row, Tables } from '#platform/tables/tables.ts';
import { DEFAULT_MENU, Menu } from './menu.ts';
import { ordersFold } from './orders-fold.ts';
import { type PastIdentities, pastLookup } from './past-orders.ts';
import { type DatedOrder, NEW_USER, type UserState } from './tally.ts';

const menu = new Menu(DEFAULT_MENU);
const layout = { shards: 1, buckets: 1 };
const definition = ordersFold({ menu, layout, timeZone: 'UTC' });
const lookup = pastLookup(layout);

export interface FoldedHistory {
  readonly state: UserState;
  /** The places of the orders that counted. */
  readonly counted: readonly number[];
  /** All that was completed, in the order of the log. */
  readonly rows: readonly Mutation[];
  /** The places of the orders that were looked up. */
  readonly lookedUp: readonly number[];
}

/** Folds a user's orders, so many offsets apart. */
export function foldHistory(history: readonly DatedOrder[], apart = 1): FoldedHistory {
  let state = NEW_USER;
  const rows: Mutation[] = [];
  const counted: number[] = [];
  const lookedUp: number[] = [];
  for (const [index, event] of history.entries()) {
    const found = foundIn(rows, state, event);
    if (found) lookedUp.push(index);
    const at: At = { key: 'u', shard: 0, offset: index * apart, time_ms: 0, cause: undefined, delay: undefined };
    const folded = definition.fold(state, event, at, found);
    if (folded.outcome === 'repeated') continue;
    counted.push(index);
    state = folded.state;
    rows.push(...(folded.rows ?? []));
  }
  return { state, counted, rows, lookedUp };
}

/**
 * Folds a user's orders, one offset apart, in batches that begin at the places of `cuts`. What a batch completes is in the table for the
 * next one only. Returns the places of the orders that counted.
 */
export async function foldBatches(history: readonly DatedOrder[], cuts: readonly number[]): Promise<readonly number[]> {
  let state = NEW_USER;
  const stored: Mutation[] = [];
  const page: Tables['page'] = async (table, { within }) => ({ rows: rowsWithin(stored, table.name, within) as Row<never>[] });
  const counted: number[] = [];
  const starts = [...new Set([0, ...cuts])].toSorted((one, other) => one - other);
  for (const [nth, start] of starts.entries()) {
    const batch = history.slice(start, starts[nth + 1] ?? history.length);
    const lookups = new BatchLookups({ page }, lookup);
    const before = state;
    await lookups.read(batch.map((event) => ({ state: before, event })));
    const completed: Mutation[] = [];
    for (const [index, event] of batch.entries()) {
      const offset = start + index;
      const at: At = { key: 'u', shard: 0, offset, time_ms: 0, cause: undefined, delay: undefined };
      const folded = definition.fold(state, event, at, lookups.find(state, event, offset));
      if (folded.outcome === 'repeated') continue;
      counted.push(offset);
      state = folded.state;
      completed.push(...(folded.rows ?? []));
      lookups.complete(folded.rows ?? []);
    }
    stored.push(...completed);
  }
  return counted;
}

function rowsWithin(
  rows: readonly Mutation[],
  table: string,
  range: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>>[] {
  return rows.flatMap((mutation) =>
    mutation.kind === 'put' &&
    mutation.table.name === table &&
    Object.entries(range).every(([column, value]) => mutation.row[column] === value)
      ? [mutation.row]
      : [],
  );
}

/** What an order finds among the rows that earlier orders have completed; undefined where it is not looked up. */
export function foundIn(rows: readonly Mutation[], user: UserState, event: DatedOrder): PastIdentities | undefined {
  const ranges = lookup.within(user, event);
  if (ranges.length === 0) return undefined;
  return ranges.map((range) => {
    const found = lookup.empty();
    for (const mutation of rows) {
      if (mutation.kind !== 'put' || mutation.table.name !== lookup.table.name) continue;
      const { row } = mutation;
      if (Object.entries(range).every(([column, value]) => row[column] === value)) lookup.add(found, { ...row, offset: mutation.version });
    }
    return found;
  });
}

/** Ids made of what stands between the values of a JSON text. */
const HOSTILE_ID = fc.string({ unit: fc.constantFrom('"', ',', ']', '\\', 'a'), minLength: 1, maxLength: 4 });

/**
 * Orders of `u`, of so many instants so far apart. Some ids come again with another time, as other orders; most have one that follows
 * from the id.
 */
export function anOrder(instants: number, apart_ms = 1): fc.Arbitrary<DatedOrder> {
  return fc
    .record({
      menuType: fc.constantFrom(...menu.menuTypes),
      orderId: fc.option(fc.oneof(fc.integer({ min: 0, max: 2 * instants }).map(String), HOSTILE_ID)),
      instant: fc.nat({ max: instants }),
      isOfId: fc.nat({ max: 3 }).map((kind) => kind > 0),
    })
    .map(({ menuType, orderId, instant, isOfId }) =>
      datedOrder(menuType, apart_ms * (orderId !== null && isOfId ? hashKey(orderId) % instants : instant), orderId),
    );
}

export function datedOrder(menuType: string, ts_ms: number, orderId: string | null = null): DatedOrder {
  return { order: { orderId, userId: 'u', ts_ms, menuType }, day: new Date(ts_ms).toISOString().slice(0, 10) };
}

/** Histories, parts of which come again: as they were, or in another order, at once or much later. */
export function repeatingHistory(order: fc.Arbitrary<DatedOrder>, orders_max: number): fc.Arbitrary<readonly DatedOrder[]> {
  const part = fc.record({
    from: fc.nat(),
    length: fc.integer({ min: 1, max: orders_max }),
    shuffled: fc.option(fc.nat()),
    at: fc.nat(),
  });
  return fc
    .record({
      first: fc.array(order, { minLength: 1, maxLength: orders_max, size: 'max' }),
      inOrder: fc.boolean(),
      again: fc.array(part, { maxLength: 4 }),
    })
    .map(({ first, inOrder, again }) => {
      const history = inOrder ? first.toSorted((one, other) => one.order.ts_ms - other.order.ts_ms) : [...first];
      for (const { from, length, shuffled, at } of again) {
        const sent = history.slice(from % history.length).slice(0, length);
        history.splice(at % (history.length + 1), 0, ...(shuffled === null ? sent : shuffle(sent, new Random(shuffled))));
      }
      return history;
    });
}

export function shuffle<T>(values: readonly T[], random: Random): T[] {
  return values
    .map((value) => ({ value, place: random.fraction() }))
    .sort((one, other) => one.place - other.place)
    .map(({ value }) => value);
}
