/** Contract, part 2: the highest version stands, whatever the order in which writes arrive. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Mutation, put, type Row, remove, type Tables } from '../tables.ts';
import { contractMembers, contractNotes, contractValues, freshBucket, valuesRow } from './definitions.ts';

type Values = Row<typeof contractValues>;
type Notes = Row<typeof contractNotes>;

export function versionsContract(tables: () => Tables): void {
  describe('versions', () => {
    const nameOf = async (bucket: number) => (await tables().get(contractValues, [{ bucket, name: 'a' }]))[0]?.note;
    const write = (bucket: number, note: string, version: number) =>
      tables().write([put(contractValues, valuesRow({ bucket, name: 'a', note }), version)]);
    const removeAt = (bucket: number, version: number) => tables().write([remove(contractValues, { bucket, name: 'a' }, version)]);

    it('a higher version replaces, a lower one changes nothing', async () => {
      const bucket = freshBucket();
      await write(bucket, 'five', 5);
      await write(bucket, 'four', 4);
      expect(await nameOf(bucket)).toBe('five');
      await write(bucket, 'six', 6);
      expect(await nameOf(bucket)).toBe('six');
    });

    it('a row is written whole: nothing of a lower version shows through, null included', async () => {
      const bucket = freshBucket();
      const full = valuesRow({ bucket, name: 'a', note_maybe: 'old', small_maybe: 1, big_maybe: 1, at_maybe: 1, day_maybe: '2026-01-02' });
      const empty = valuesRow({ bucket, name: 'a' });
      const key = { bucket, name: 'a' };
      await tables().write([put(contractValues, full, 1)]);
      await tables().write([put(contractValues, empty, 2), put(contractNotes, { ...key, note: 'old', number: 1 }, 1)]);
      await tables().write([put(contractNotes, { ...key, note: null, number: 2 }, 2)]);
      expect(await tables().get(contractValues, [key])).toEqual([empty]);
      expect((await tables().page(contractValues, { within: { bucket }, limit: 1 })).rows).toEqual([empty]);
      expect(await tables().get(contractNotes, [key])).toEqual([{ ...key, note: null, number: 2 }]);
      await tables().write([put(contractValues, full, 3)]);
      expect(await tables().get(contractValues, [key])).toEqual([full]);
    });

    it('a delete keeps its version: an earlier put that comes later stays away', async () => {
      const bucket = freshBucket();
      await removeAt(bucket, 5);
      await write(bucket, 'four', 4);
      expect(await nameOf(bucket)).toBeUndefined();
      await write(bucket, 'six', 6);
      expect(await nameOf(bucket)).toBe('six');
      await removeAt(bucket, 5);
      expect(await nameOf(bucket)).toBe('six');
    });

    it('at equal versions the delete wins, whichever comes first', async () => {
      const [before, after] = [freshBucket(), freshBucket()];
      await removeAt(before, 7);
      await write(before, 'seven', 7);
      await write(after, 'seven', 7);
      await removeAt(after, 7);
      expect([await nameOf(before), await nameOf(after)]).toEqual([undefined, undefined]);
    });

    it('counts versions from 0 to 2^53 - 1', async () => {
      const bucket = freshBucket();
      await write(bucket, 'zero', 0);
      expect(await nameOf(bucket)).toBe('zero');
      await removeAt(bucket, 0);
      expect(await nameOf(bucket)).toBeUndefined();
      await write(bucket, 'last', Number.MAX_SAFE_INTEGER);
      await write(bucket, 'last but one', Number.MAX_SAFE_INTEGER - 1);
      expect(await nameOf(bucket)).toBe('last');
    });

    it('a flip is a delete and a put at one version, in two partitions, in one call', async () => {
      const shard = freshBucket();
      const member = (segment: string) => ({ segment, shard, user_id: 'u' });
      await tables().write([put(contractMembers, member('washoku'), 10)]);
      const flip = [remove(contractMembers, member('washoku'), 11), put(contractMembers, member('yoshoku'), 11)];
      await tables().write(flip);
      await tables().write(flip);
      expect(await tables().get(contractMembers, [member('washoku'), member('yoshoku')])).toEqual([undefined, member('yoshoku')]);
    });

    it('any order, any grouping and any repetition of the same writes end in the same rows', async () => {
      const histories = fc.record({
        mutations: fc
          .array(change, { minLength: 1, maxLength: 24 })
          .chain((changes) => fc.shuffledSubarray(changes, { minLength: changes.length })),
        split: fc.integer({ min: 1, max: 8 }),
        repeat: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(histories, async ({ mutations, split, repeat }) => {
          const bucket = freshBucket();
          for (const group of groupsOf(repeat ? [...mutations, ...mutations.toReversed()] : mutations, split)) {
            await tables().write(group.flatMap((item) => mutationsOf(item, bucket)));
          }
          const expected = NAMES.map((name) => standing(mutations, name));
          const keys = NAMES.map((name) => ({ bucket, name }));
          const values = expected.map((item) => item && valuesAt(item, bucket));
          const notes = expected.map((item) => item && notesAt(item, bucket));
          expect(await tables().get(contractValues, keys)).toEqual(values);
          expect(await tables().get(contractNotes, keys)).toEqual(notes);
          expect((await tables().page(contractValues, { within: { bucket }, limit: 100 })).rows).toEqual(
            values.filter((row) => row !== undefined),
          );
          expect((await tables().page(contractNotes, { within: { bucket }, limit: 100 })).rows).toEqual(
            notes.filter((row) => row !== undefined),
          );
        }),
        { numRuns: 60 },
      );
    });
  });
}

interface Change {
  readonly kind: 'put' | 'delete';
  readonly name: string;
  readonly version: number;
}

const NAMES = ['a', 'b', 'c'];
const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('put', 'put', 'delete'),
  name: fc.constantFrom(...NAMES),
  version: fc.integer({ min: 0, max: 9 }),
});

/** The naive model: the put that stands for a name, if any. */
function standing(changes: readonly Change[], name: string): Change | undefined {
  const mine = changes.filter((item) => item.name === name);
  const deleted = Math.max(-1, ...mine.filter((item) => item.kind === 'delete').map((item) => item.version));
  const puts = mine.filter((item) => item.kind === 'put' && item.version > deleted);
  return puts.toSorted((a, b) => b.version - a.version)[0];
}

/** What is written is a function of name and version, as in production: two writes at one version are the same write. */
function valuesAt({ name, version }: Change, bucket: number): Values {
  const odd = version % 2 === 1;
  return valuesRow({
    bucket,
    name,
    note: `${name}${version}`,
    note_maybe: odd ? `${version}` : null,
    big_maybe: version % 3 === 0 ? version : null,
    words: odd ? new Map([['version', `${version}`]]) : new Map(),
    counts: new Map([[`${version}`, version]]),
    recent: odd ? [] : [`${version}`],
  });
}

function notesAt({ name, version }: Change, bucket: number): Notes {
  return { bucket, name, note: version % 2 === 1 ? `${version}` : null, number: version % 3 === 0 ? version : null };
}

function mutationsOf(item: Change, bucket: number): readonly Mutation[] {
  const key = { bucket, name: item.name };
  return item.kind === 'put'
    ? [put(contractValues, valuesAt(item, bucket), item.version), put(contractNotes, notesAt(item, bucket), item.version)]
    : [remove(contractValues, key, item.version), remove(contractNotes, key, item.version)];
}

function groupsOf<T>(items: readonly T[], count: number): readonly T[][] {
  const size = Math.ceil(items.length / count);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
