/** Contract, part 1: what is written comes back as it was, or is refused by name. */
import { describe, expect, it } from 'vitest';
import { put, remove, type Tables, UnwritableRow } from '../tables.ts';
import {
  contractDays,
  contractMembers,
  contractNotes,
  contractPages,
  contractValues,
  freshBucket,
  ODD_TEXTS,
  valuesRow,
} from './definitions.ts';

export function valuesContract(tables: () => Tables): void {
  describe('values', () => {
    it('gives rows in the order of the keys, undefined where there is none', async () => {
      const bucket = freshBucket();
      const first = valuesRow({ bucket, name: 'first', note: '1' });
      const second = valuesRow({ bucket, name: 'second', note: '2' });
      const elsewhere = valuesRow({ bucket: freshBucket(), name: 'first', note: 'elsewhere' });
      await tables().write([put(contractValues, first, 1), put(contractValues, second, 1), put(contractValues, elsewhere, 1)]);
      const keys = [second, { bucket, name: 'none' }, elsewhere, first, second, { bucket: freshBucket(), name: 'first' }];
      const rows = await tables().get(
        contractValues,
        keys.map(({ bucket, name }) => ({ bucket, name })),
      );
      expect(rows).toEqual([second, undefined, elsewhere, first, second, undefined]);
    });

    it('does nothing when asked for nothing', async () => {
      await tables().write([]);
      expect(await tables().get(contractValues, [])).toEqual([]);
      expect(await tables().page(contractValues, { within: { bucket: freshBucket() }, limit: 10 })).toEqual({ rows: [] });
    });

    it('keeps every column type to its bounds', async () => {
      const bucket = freshBucket();
      const low = valuesRow({
        bucket,
        name: 'low',
        small: -(2 ** 31),
        small_maybe: -1,
        big: Number.MIN_SAFE_INTEGER,
        big_maybe: -1,
        at: -62135596800000,
        at_maybe: -1,
        day: '0001-01-01',
        day_maybe: '1969-12-31',
      });
      const high = valuesRow({
        bucket,
        name: 'high',
        note_maybe: '',
        small: 2 ** 31 - 1,
        small_maybe: 0,
        big: Number.MAX_SAFE_INTEGER,
        big_maybe: 0,
        at: 253402300799999,
        at_maybe: 0,
        day: '9999-12-31',
        day_maybe: '2024-02-29',
        words: new Map([
          ['z', ''],
          ['', 'z'],
          ['__proto__', '__proto__'],
        ]),
        counts: new Map([
          ['b', Number.MAX_SAFE_INTEGER],
          ['a', Number.MIN_SAFE_INTEGER],
          ['constructor', 0],
        ]),
        recent: ['b', 'a', '', 'a'],
      });
      await tables().write([put(contractValues, low, 1), put(contractValues, high, 1)]);
      expect(
        await tables().get(
          contractValues,
          [low, high].map(({ name }) => ({ bucket, name })),
        ),
      ).toEqual([low, high]);
      expect((await tables().page(contractValues, { within: { bucket }, limit: 10 })).rows).toEqual([high, low]);
    });

    it('keeps rows of nothing but nulls, and rows that are nothing but their key', async () => {
      const bucket = freshBucket();
      const note = { bucket, name: 'null', note: null, number: null };
      const member = { segment: 'washoku', shard: bucket, user_id: 'u1' };
      await tables().write([put(contractNotes, note, 1), put(contractMembers, member, 1)]);
      expect(await tables().get(contractNotes, [{ bucket, name: 'null' }])).toEqual([note]);
      expect(await tables().get(contractMembers, [member])).toEqual([member]);
    });

    it('keeps days as keys', async () => {
      const shard = freshBucket();
      const rows = ['2026-12-31', '1969-12-31', '0001-01-01', '9999-12-31'].map((due) => ({ day: '2024-02-29', shard, due, total: 1 }));
      await tables().write(rows.map((row) => put(contractDays, row, 1)));
      const page = await tables().page(contractDays, { within: { day: '2024-02-29', shard }, limit: 10 });
      expect(page.rows.map((row) => row.due)).toEqual(['0001-01-01', '1969-12-31', '2026-12-31', '9999-12-31']);
      expect(
        await tables().get(
          contractDays,
          rows.map(({ day, due }) => ({ day, shard, due })),
        ),
      ).toEqual(rows);
    });

    it('gives odd texts back unchanged, as keys of both kinds and as values', async () => {
      const bucket = freshBucket();
      const rows = ODD_TEXTS.map((text) =>
        valuesRow({
          bucket,
          name: text,
          note: text,
          note_maybe: text,
          words: new Map([[text, text]]),
          counts: new Map([[text, 1]]),
          recent: [text, text],
        }),
      );
      const members = ODD_TEXTS.map((text) => ({ segment: text, shard: bucket, user_id: text }));
      await tables().write([...rows.map((row) => put(contractValues, row, 1)), ...members.map((row) => put(contractMembers, row, 1))]);
      expect(
        await tables().get(
          contractValues,
          ODD_TEXTS.map((name) => ({ bucket, name })),
        ),
      ).toEqual(rows);
      expect(await tables().get(contractMembers, members)).toEqual(members);
      for (const member of members) {
        expect(await tables().page(contractMembers, { within: { segment: member.segment, shard: bucket }, limit: 10 })).toEqual({
          rows: [member],
        });
      }
    });

    it('gets and deletes rows by a key of several columns', async () => {
      const bucket = freshBucket();
      const rows = [1, 2, 3, 4].map((number) => ({ bucket, name: `n${number % 2}`, at: number % 3, number, note: `${number}` }));
      await tables().write(rows.map((row) => put(contractPages, row, 1)));
      const keys = rows.map(({ name, at, number }) => ({ bucket, name, at, number }));
      expect(await tables().get(contractPages, keys)).toEqual(rows);
      await tables().write([remove(contractPages, keys[2]!, 1)]);
      expect(await tables().get(contractPages, keys)).toEqual([rows[0], rows[1], undefined, rows[3]]);
    });

    it('writes ten thousand rows over many partitions in one call', async () => {
      const buckets = Array.from({ length: 200 }, freshBucket);
      const rows = buckets.flatMap((bucket) =>
        Array.from({ length: 50 }, (_, number) => ({ bucket, name: `user-${number % 7}`, at: number, number, note: 'x'.repeat(number) })),
      );
      await tables().write(rows.map((row) => put(contractPages, row, row.number)));
      const found = await tables().get(
        contractPages,
        rows.map(({ bucket, name, at, number }) => ({ bucket, name, at, number })),
      );
      expect(found).toEqual(rows);
    });

    it('keeps rows that are much larger than usual', async () => {
      const bucket = freshBucket();
      const rows = Array.from({ length: 5 }, (_, index) => valuesRow({ bucket, name: `large-${index}`, note: `${index}`.repeat(200_000) }));
      await tables().write(rows.map((row) => put(contractValues, row, 1)));
      expect(
        await tables().get(
          contractValues,
          rows.map(({ name }) => ({ bucket, name })),
        ),
      ).toEqual(rows);
    });
  });

  describe('refusals', () => {
    const bucket = freshBucket();
    const plain = (name: string) => valuesRow({ bucket, name });
    const cases: readonly [string, Readonly<Record<string, unknown>>, RegExp][] = [
      ['half of a surrogate pair', { note: 'a\ud83d' }, /contract_values\.note .*surrogate/],
      ['half of a surrogate pair in a key', { name: '\udc00' }, /contract_values\.name .*surrogate/],
      ['half of a surrogate pair in a map', { words: new Map([['\ud800', '']]) }, /contract_values\.words .*surrogate/],
      ['half of a surrogate pair in a list', { recent: ['\ud800'] }, /contract_values\.recent .*surrogate/],
      ['a key of too many bytes', { name: 'あ'.repeat(2_731) }, /contract_values\.name .*8192 bytes/],
      ['an integer above 32 bits', { small: 2 ** 31 }, /contract_values\.small /],
      ['an unsafe integer', { big: 2 ** 53 }, /contract_values\.big /],
      ['an unsafe integer in a map', { counts: new Map([['a', 2 ** 53]]) }, /contract_values\.counts /],
      ['a fraction', { big: 0.5 }, /contract_values\.big /],
      ['no number', { at: Number.NaN }, /contract_values\.at /],
      ['a day in no calendar', { day: '2026-02-30' }, /contract_values\.day /],
      ['a day of another form', { day: '2026-1-1' }, /contract_values\.day /],
      ['null where it may not be', { note: null }, /contract_values\.note /],
      ['a missing column', { note: undefined }, /contract_values\.note /],
      ['a column too many', { other: 1 }, /contract_values has no column other/],
    ];

    it.each(cases)('refuses %s, and writes nothing of that call', async (_, given, words) => {
      const good = plain('good');
      const bad = { kind: 'put', table: contractValues, row: { ...plain('bad'), ...given }, version: 1 } as const;
      await expect(tables().write([put(contractValues, good, 1), bad])).rejects.toThrow(words);
      expect((await tables().page(contractValues, { within: { bucket }, limit: 10 })).rows).toEqual([]);
    });

    it.each([-1, 0.5, 2 ** 53, Number.NaN])('refuses version %s', async (version) => {
      await expect(tables().write([put(contractValues, plain('version'), version)])).rejects.toThrow(UnwritableRow);
      await expect(tables().write([remove(contractValues, { bucket, name: 'version' }, version)])).rejects.toThrow(UnwritableRow);
    });

    it('refuses to look for what cannot be there', async () => {
      await expect(tables().get(contractValues, [{ bucket, name: '\ud800' }])).rejects.toThrow(/contract_values\.name .*surrogate/);
      await expect(tables().page(contractMembers, { within: { segment: '\ud800', shard: 1 }, limit: 1 })).rejects.toThrow(/surrogate/);
    });
  });
}
