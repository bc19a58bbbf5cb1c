/** Contract, part 3: a partition is walked page by page, in its order, from any cursor. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadCursor, put, type Row, remove, type Tables } from '../tables.ts';
import { compareTexts, contractMembers, contractNewest, contractPages, contractValues, freshBucket, valuesRow } from './definitions.ts';

type PageRow = Row<typeof contractPages>;

export function pagesContract(tables: () => Tables): void {
  describe('pages', () => {
    /** Every row that the pages of `limit` give, and how many there were on each. */
    async function walk(within: { bucket: number; name?: string; at?: number }, limit: number, startsWith?: string) {
      const rows: PageRow[] = [];
      const sizes: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await tables().page(contractPages, {
          within,
          limit,
          ...(startsWith === undefined ? {} : { startsWith }),
          ...(cursor === undefined ? {} : { cursor }),
        });
        rows.push(...page.rows);
        sizes.push(page.rows.length);
        cursor = page.cursor;
      } while (cursor !== undefined);
      return { rows, sizes };
    }

    async function fill(bucket: number, count: number): Promise<PageRow[]> {
      const rows = Array.from({ length: count }, (_, index) => ({
        bucket,
        name: `user-${Math.floor(index / 4)}`,
        at: 1000 - Math.floor(index / 2),
        number: index,
        note: `${index}`,
      }));
      await tables().write(rows.map((row) => put(contractPages, row, 1)));
      return rows;
    }

    it('ends without a cursor, also when the last page is full', async () => {
      const bucket = freshBucket();
      const rows = await fill(bucket, 12);
      expect(await walk({ bucket }, 5)).toEqual({ rows, sizes: [5, 5, 2] });
      expect(await walk({ bucket }, 4)).toEqual({ rows, sizes: [4, 4, 4] });
      expect(await walk({ bucket }, 1)).toEqual({ rows, sizes: rows.map(() => 1) });
      expect(await walk({ bucket }, 100)).toEqual({ rows, sizes: [12] });
    });

    it('orders texts by their UTF-8 bytes', async () => {
      const bucket = freshBucket();
      const sorted = ['', ' ', 'A', 'a', 'aa', 'b', 'é', '懐', '\uff61', '\uffff', '😀', '\u{10ffff}'];
      await tables().write(sorted.toReversed().map((name) => put(contractValues, valuesRow({ bucket, name }), 1)));
      const page = await tables().page(contractValues, { within: { bucket }, limit: 100 });
      expect(page.rows.map((row) => row.name)).toEqual(sorted);
    });

    it('gives pages of thousands of rows', async () => {
      const bucket = freshBucket();
      const rows = Array.from({ length: 7_000 }, (_, number) => ({ bucket, name: 'user', at: 7_000 - number, number, note: '' }));
      await tables().write(rows.map((row) => put(contractPages, row, 1)));
      expect(await walk({ bucket }, 6_000)).toEqual({ rows, sizes: [6_000, 1_000] });
    });

    it('stays within leading clustering columns', async () => {
      const bucket = freshBucket();
      const rows = await fill(bucket, 12);
      expect(await walk({ bucket, name: 'user-1' }, 3)).toEqual({ rows: rows.slice(4, 8), sizes: [3, 1] });
      expect(await walk({ bucket, name: 'user-1', at: rows[4]!.at }, 1)).toEqual({ rows: rows.slice(4, 6), sizes: [1, 1] });
      expect(await walk({ bucket, name: 'user' }, 3)).toEqual({ rows: [], sizes: [0] });
    });

    it('goes on after a row that was deleted meanwhile', async () => {
      const bucket = freshBucket();
      const rows = await fill(bucket, 6);
      const first = await tables().page(contractPages, { within: { bucket }, limit: 3 });
      const { name, at, number } = rows[2]!;
      await tables().write([remove(contractPages, { bucket, name, at, number }, 2)]);
      const second = await tables().page(contractPages, { within: { bucket }, limit: 3, cursor: first.cursor! });
      expect(second).toEqual({ rows: rows.slice(3) });
    });

    it('any rows, any prefix and any limit: the pages together are the sorted rows', async () => {
      const letters = fc.constantFrom('a', 'b', '\u007f', '\u0080', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}', '%', '_', '*');
      const texts = (maxLength: number) => fc.array(letters, { maxLength }).map((parts) => parts.join(''));
      const number = fc.integer({ min: -2, max: 2 });
      const keys = fc.array(fc.record({ name: texts(3), at: number, number }), { maxLength: 25 });
      await fc.assert(
        fc.asyncProperty(keys, texts(2), fc.integer({ min: 1, max: 12 }), async (given, startsWith, limit) => {
          const bucket = freshBucket();
          const topic = `topic-${bucket}`;
          await tables().write([
            ...given.map((key) => put(contractPages, { bucket, ...key, note: '' }, 1)),
            ...given.map((key) => put(contractNewest, { topic, title: key.name, number: key.number }, 1)),
          ]);
          const unique = [...new Map(given.map((key) => [JSON.stringify(key), key])).values()].filter((key) =>
            key.name.startsWith(startsWith),
          );
          const sorted = unique.toSorted((a, b) => compareTexts(a.name, b.name) || b.at - a.at || a.number - b.number);
          const pages = await walk({ bucket }, limit, startsWith);
          expect(pages.rows).toEqual(sorted.map((key) => ({ bucket, ...key, note: '' })));
          expect(pages.sizes.slice(0, -1).every((size) => size === limit)).toBe(true);
          expect(await walkNewest(tables(), topic, limit, startsWith)).toEqual(newestOf(unique));
        }),
        { numRuns: 40 },
      );
    });

    it('refuses a cursor that it did not make', async () => {
      const bucket = freshBucket();
      await fill(bucket, 6);
      const { cursor } = await tables().page(contractPages, { within: { bucket }, limit: 3 });
      const inside = await tables().page(contractPages, { within: { bucket, name: 'user-0' }, limit: 1 });
      const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const bad = [
        '',
        '!',
        'e30',
        json([]),
        json({}),
        json(['contract_pages', 'a']),
        json(['contract_pages', 'a', 'b', 1]),
        `${cursor}${cursor}`,
      ];
      for (const cursor of bad) {
        await expect(tables().page(contractPages, { within: { bucket }, limit: 3, cursor })).rejects.toThrow(BadCursor);
      }
      const elsewhere = tables().page(contractMembers, { within: { segment: 'a', shard: 1 }, limit: 3, cursor: cursor! });
      await expect(elsewhere).rejects.toThrow(BadCursor);
      const another = tables().page(contractPages, { within: { bucket, name: 'user-1' }, limit: 3, cursor: inside.cursor! });
      await expect(another).rejects.toThrow(BadCursor);
    });

    it.each([0, -1, 1.5, Number.NaN])('refuses a limit of %s', async (limit) => {
      await expect(tables().page(contractPages, { within: { bucket: 1 }, limit })).rejects.toThrow(RangeError);
    });
  });
}

async function walkNewest(tables: Tables, topic: string, limit: number, startsWith: string) {
  const rows: { title: string; number: number }[] = [];
  let cursor: string | undefined;
  do {
    const page = await tables.page(contractNewest, { within: { topic }, limit, startsWith, ...(cursor === undefined ? {} : { cursor }) });
    rows.push(...page.rows.map(({ title, number }) => ({ title, number })));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return rows;
}

function newestOf(keys: readonly { name: string; number: number }[]) {
  const unique = new Map(keys.map(({ name, number }) => [JSON.stringify([name, number]), { title: name, number }]));
  return [...unique.values()].toSorted((a, b) => compareTexts(b.title, a.title) || a.number - b.number);
}
