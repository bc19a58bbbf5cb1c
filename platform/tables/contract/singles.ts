/** Contract, part 5: tables without a clustering key, where each row is a partition. */
import { describe, expect, it } from 'vitest';
import { put, type Row, remove, type Tables, UnwritableRow } from '../tables.ts';
import { contractNewest, contractSingles, freshBucket, ODD_TEXTS } from './definitions.ts';

function single(bucket: number, name: string, note = ''): Row<typeof contractSingles> {
  return { bucket, name, note, note_maybe: null };
}

export function singlesContract(tables: () => Tables): void {
  describe('rows that are partitions', () => {
    it('come back in the order of the keys, undefined where there is none', async () => {
      const bucket = freshBucket();
      const rows = ODD_TEXTS.map((name) => single(bucket, name, `of ${name}`));
      await tables().write(rows.map((row) => put(contractSingles, row, 1)));
      const keys = [...rows, single(bucket, 'none'), ...rows.slice(0, 3)].map(({ name }) => ({ bucket, name }));
      expect(await tables().get(contractSingles, keys)).toEqual([...rows, undefined, ...rows.slice(0, 3)]);
    });

    it('keep the highest version, a deletion’s too', async () => {
      const bucket = freshBucket();
      const [kept, gone] = [single(bucket, 'kept', 'new'), single(bucket, 'gone')];
      await tables().write([put(contractSingles, kept, 5), put(contractSingles, gone, 5)]);
      await tables().write([put(contractSingles, { ...kept, note: 'old' }, 4), remove(contractSingles, { bucket, name: 'gone' }, 6)]);
      await tables().write([put(contractSingles, { ...gone, note: 'late' }, 5)]);
      const keys = [kept, gone].map(({ name }) => ({ bucket, name }));
      expect(await tables().get(contractSingles, keys)).toEqual([kept, undefined]);
    });

    it('refuse an empty text as a whole partition key', async () => {
      const nameless = { topic: '', title: 'title', number: 1 };
      await expect(tables().write([put(contractNewest, nameless, 1)])).rejects.toThrow(UnwritableRow);
      await expect(tables().get(contractNewest, [nameless])).rejects.toThrow(UnwritableRow);
      await expect(tables().page(contractNewest, { within: { topic: '' }, limit: 1 })).rejects.toThrow(UnwritableRow);
    });

    it('have pages of one row', async () => {
      const bucket = freshBucket();
      const row = single(bucket, 'alone');
      await tables().write([put(contractSingles, row, 1), put(contractSingles, single(bucket, 'other'), 1)]);
      expect(await tables().page(contractSingles, { within: { bucket, name: 'alone' }, limit: 1 })).toEqual({ rows: [row] });
      expect(await tables().page(contractSingles, { within: { bucket, name: 'none' }, limit: 10 })).toEqual({ rows: [] });
    });
  });
}
