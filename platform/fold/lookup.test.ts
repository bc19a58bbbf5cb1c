import { describe, expect, it } from 'vitest';
import { defineTable, type Mutation, put, type Row, type Tables } from '#platform/tables/tables.ts';
import { BatchLookups, type Lookup, type LookupRange } from './lookup.ts';

const notes = defineTable({
  name: 'notes',
  columns: { key: 'text', day: 'text', offset: 'bigint' },
  partitionKey: ['key'],
  clusteringKey: ['day', 'offset'],
});

/** An event asks for the days that it names, of its key; the state says how many of them. */
interface Event {
  readonly key: string;
  readonly days: readonly string[];
}

const lookup: Lookup<Event, number, number[]> = {
  table: notes,
  within: (state, { key, days }) => days.slice(0, state).map((day) => ({ key, day })),
  empty: () => [],
  add: (found, { offset }) => found.push(offset),
};

function note(offset: number, day: string, key = 'a'): Mutation {
  return put(notes, { key, day, offset }, offset);
}

/** The lookups of a batch over a table that answers with two rows at a time, and what was asked of it. */
function lookupsOver(stored: readonly Mutation[]) {
  const asked: LookupRange[] = [];
  const page: Tables['page'] = async (_, { within, cursor }) => {
    if (cursor === undefined) asked.push(within);
    const first = Number(cursor ?? 0);
    const rows = stored.flatMap((mutation) =>
      mutation.kind === 'put' && Object.entries(within).every(([column, value]) => mutation.row[column] === value) ? [mutation.row] : [],
    );
    const isEnd = first + 2 >= rows.length;
    return { rows: rows.slice(first, first + 2) as Row<never>[], ...(isEnd ? {} : { cursor: String(first + 2) }) };
  };
  return { asked, lookups: new BatchLookups({ page }, lookup) };
}

const event: Event = { key: 'a', days: ['mon', 'tue'] };

describe('BatchLookups', () => {
  it('finds the rows of each range that earlier events completed, whatever later ones have left in the table', async () => {
    const stored = [note(9, 'mon'), note(1, 'mon'), note(4, 'mon'), note(2, 'tue'), note(3, 'wed'), note(1, 'mon', 'b')];
    const { asked, lookups } = lookupsOver(stored);
    await lookups.read([{ state: 2, event }]);
    expect(lookups.find(2, event, 1)).toEqual([[], []]);
    expect(lookups.find(2, event, 4)).toEqual([[1], [2]]);
    expect(lookups.find(1, event, 5)).toEqual([[1, 4]]);
    expect(lookups.find(2, event, 10)).toEqual([[1, 4, 9], [2]]);
    expect(asked).toEqual([
      { key: 'a', day: 'mon' },
      { key: 'a', day: 'tue' },
    ]);
    expect(lookups.reads).toBe(2);
  });

  it('reads a range once, however many ask for it, and nothing where nobody asks', async () => {
    const { asked, lookups } = lookupsOver([note(1, 'mon')]);
    await lookups.read([
      { state: 1, event },
      { state: 1, event },
      { state: 0, event: { key: 'b', days: ['mon'] } },
    ]);
    expect(asked).toHaveLength(1);
    expect(lookups.find(0, event, 5)).toBeUndefined();
  });

  it('finds what earlier events of the batch completed, each row once though it is in the table already', async () => {
    const { lookups } = lookupsOver([note(1, 'mon'), note(5, 'mon'), note(7, 'mon')]);
    await lookups.read([{ state: 1, event }]);
    lookups.complete([note(5, 'mon'), note(6, 'mon'), note(6, 'tue'), note(6, 'mon', 'b')]);
    expect(lookups.find(1, event, 7)).toEqual([[1, 5, 6]]);
    lookups.complete([note(7, 'mon')]);
    expect(lookups.find(1, event, 8)).toEqual([[1, 5, 6, 7]]);
  });

  it('finds only rows of the batch where its page did not ask before the batch', async () => {
    const { asked, lookups } = lookupsOver([note(1, 'tue')]);
    await lookups.read([{ state: 1, event }]);
    lookups.complete([note(5, 'tue')]);
    expect(lookups.find(2, event, 6)).toEqual([[], [5]]);
    expect(asked).toEqual([{ key: 'a', day: 'mon' }]);
    expect(lookups.reads).toBe(1);
  });
});
