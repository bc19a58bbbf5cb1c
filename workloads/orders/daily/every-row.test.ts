import { expect, it } from 'vitest';
import { ManualClock } from '#platform/clock/manual-clock.testing.ts';
import { defineTable, type Page } from '#platform/tables/tables.ts';
import { everyRow } from './every-row.ts';

const numbers = defineTable({
  name: 'numbers',
  columns: { bucket: 'int', number: 'int' },
  partitionKey: ['bucket'],
  clusteringKey: ['number'],
});

/** Three pages of two rows and one of none; the cursor is the number of the next page. */
async function pageAt({ cursor = '0' }: { readonly cursor?: string }): Promise<Page<typeof numbers>> {
  const page = Number(cursor);
  const rows = page === 3 ? [] : [0, 1].map((index) => ({ bucket: 1, number: page * 2 + index }));
  return page === 3 ? { rows } : { rows, cursor: String(page + 1) };
}

it('reads page after page to the end', async () => {
  const seen: number[] = [];
  const { signal } = new AbortController();
  for await (const { number } of everyRow(pageAt, { clock: new ManualClock(), signal })) seen.push(number);
  expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
});

it('ends with the reason when it is aborted between two pages', async () => {
  const seen: number[] = [];
  const stopping = new AbortController();
  const read = async () => {
    for await (const { number } of everyRow(pageAt, { clock: new ManualClock(), signal: stopping.signal })) {
      seen.push(number);
      if (number === 3) stopping.abort(new Error('stopping'));
    }
  };
  await expect(read()).rejects.toThrow('stopping');
  expect(seen).toEqual([0, 1, 2, 3]);
});
