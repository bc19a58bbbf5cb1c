import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineTable } from '#platform/tables/tables.ts';
import { defineFold } from '../definition.ts';
import { command, given } from '../given.testing.ts';
import type { Join } from '../join.ts';
import { recordJson } from '../record-json.ts';
import { decodeTop, mergeTops, raise, type Top, topOf } from './top.ts';

const LIMIT = 3;
const KEYS: readonly string[] = ['a', 'b', 'c', 'd', 'e', 'あ'];

interface Product {
  readonly sold: number;
}

const bestsellers = topOf<Product>({ limit: LIMIT, figure: (_, { sold }) => (sold === 0 ? undefined : sold) });

/** The states of some keys, each key's in the order in which they follow on each other, the keys' mixed. */
const histories = fc
  .array(fc.record({ key: fc.constantFrom(...KEYS), more: fc.integer({ min: 0, max: 3 }) }), { maxLength: 60 })
  .map((steps) => {
    const sold = new Map<string, number>();
    return steps.map(({ key, more }) => {
      sold.set(key, (sold.get(key) ?? 0) + more);
      return { key, state: { sold: sold.get(key) ?? 0 } };
    });
  });
type History = readonly { readonly key: string; readonly state: Product }[];

function mergeAll(history: History, from: Top = bestsellers.initial): Top {
  return history.reduce((top, { key, state }) => bestsellers.merge(top, key, state), from);
}

/** All figures sorted. */
function naiveTop(history: History): Top {
  const last = new Map(history.map(({ key, state }) => [key, state.sold]));
  const ranked = [...last].map(([key, figure]) => ({ key, figure })).filter(({ figure }) => figure > 0);
  return ranked.sort((one, other) => other.figure - one.figure || (one.key < other.key ? -1 : 1)).slice(0, LIMIT);
}

describe('a top', () => {
  it('has the greatest of the last figures, however much of the history is merged again, from wherever', () => {
    fc.assert(
      fc.property(histories, fc.array(fc.tuple(fc.nat(), fc.nat())), (history, rewinds) => {
        let top = mergeAll(history);
        for (const [one, other] of rewinds) {
          const [from, to] = [one % (history.length + 1), other % (history.length + 1)].sort((a, b) => a - b);
          top = mergeAll(history.slice(from, to), top);
        }
        expect(top).toEqual(naiveTop(history));
      }),
    );
  });

  it('has them when states were left out whose key has a later one', () => {
    fc.assert(
      fc.property(histories, fc.infiniteStream(fc.boolean()), (history, leftOut) => {
        const merged = history.filter(
          ({ key }, index) => history.findLastIndex((later) => later.key === key) === index || !leftOut.next().value,
        );
        expect(mergeAll(merged)).toEqual(naiveTop(history));
      }),
    );
  });

  it('is the very same when a state is merged again', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const top = mergeAll(history);
        expect(mergeAll(history, top)).toBe(top);
      }),
    );
  });

  it('has an entry that was trimmed again, once it has grown', () => {
    const sold = (key: string, figure: number) => ({ key, state: { sold: figure } });
    const top = mergeAll([sold('a', 1), sold('b', 2), sold('c', 2), sold('d', 2)]);
    expect(top.map(({ key }) => key)).toEqual(['b', 'c', 'd']);
    expect(mergeAll([sold('a', 2)], top).map(({ key }) => key)).toEqual(['a', 'b', 'c']);
  });

  it('of several shards is that of all keys', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const shards = [0, 1].map((shard) => history.filter(({ key }) => KEYS.indexOf(key) % 2 === shard));
        expect(
          mergeTops(
            shards.map((states) => mergeAll(states)),
            LIMIT,
          ),
        ).toEqual(naiveTop(history));
      }),
    );
  });

  it('shows a new name once the figure grows', () => {
    const named = topOf<Product & { readonly name: string }>({ limit: 2, figure: (_, { sold }) => sold, label: (_, { name }) => name });
    const one = named.merge(named.initial, 'a', { sold: 1, name: 'ramen' });
    expect(named.merge(one, 'a', { sold: 1, name: 'soba' })).toBe(one);
    expect(named.merge(one, 'a', { sold: 2, name: 'soba' })).toEqual([{ key: 'a', figure: 2, label: 'soba' }]);
  });

  it('is read as it was written, and nothing else is', () => {
    const top: Top = [
      { key: 'a', figure: 2, label: 'ramen' },
      { key: 'b', figure: 1 },
    ];
    expect(decodeTop(JSON.parse(bestsellers.encode(top)))).toEqual(top);
    expect(() => decodeTop({ a: 2 })).toThrow();
  });

  it('refuses figures that cannot be compared', () => {
    expect(() => raise([], { key: 'a', figure: Number.NaN }, LIMIT)).toThrow('the figure of "a" is NaN');
  });
});

describe('the top of a shard', () => {
  const products = defineTable({ name: 'products', columns: { id: 'text', page: 'text' }, partitionKey: ['id'], clusteringKey: [] });

  function sales(join: Join<Product, unknown>) {
    return defineFold({
      name: 'sales',
      topic: 'sales',
      group: 'sales',
      rejectedTopic: 'sales-rejected',
      measures: {},
      pin: () => ({ ok: true, fingerprint: '', pin: undefined }),
      read: (record) => ({ ok: true, key: String(record.key), event: Number(recordJson(record.value)), periods: [] }),
      pages: { table: products, keyOf: (id) => ({ id }) },
      initial: { sold: 0 },
      encode: (state: Product) => JSON.stringify(state),
      decode: (value) => value as Product,
      fold: ({ sold }, quantity) => ({ outcome: 'counted', state: { sold: sold + quantity } }),
      join,
    });
  }

  it('is kept beside the pages', async () => {
    await given(sales(bestsellers), command('ramen', 2), command('soba', 3))
      .when(command('ramen', 2))
      .gives({
        kept: [
          { key: 'ramen', figure: 4 },
          { key: 'soba', figure: 3 },
        ],
      });
  });

  it('cannot be a sum', async () => {
    const sum: Join<Product, number> = { initial: 0, merge: (kept, _, { sold }) => kept + sold, encode: String, decode: Number };
    await expect(given(sales(sum)).when(command('ramen', 2)).gives({})).rejects.toThrow('a sum belongs in the totals');
  });
});
