import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partitionOf } from '#platform/log/partition.ts';
import { CHUNK_OFFSETS, chunkOf, monthOf, placeOf } from './tables.ts';

describe('placeOf', () => {
  it('puts every bucket into one shard, that of the log', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'Z', '0', 'é', '懐', '🍱', '\0'), maxLength: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        (user, shards, each) => {
          const { shard, bucket } = placeOf(user, { shards, buckets: shards * each });
          expect(shard).toBe(partitionOf(user, shards));
          expect(bucket % shards).toBe(shard);
          expect(bucket).toBeLessThan(shards * each);
        },
      ),
    );
  });

  it('spreads users over all shards', () => {
    const seen = new Array<number>(12).fill(0);
    for (let user = 0; user < 12_000; user++) seen[placeOf(`user-${user}`, { shards: 12, buckets: 240 }).shard]! += 1;
    for (const users of seen) expect(users).toBeGreaterThan(700);
  });
});

describe('chunks and months', () => {
  it('bound the partitions of order log and summary', () => {
    expect([0, CHUNK_OFFSETS - 1, CHUNK_OFFSETS, 5 * CHUNK_OFFSETS + 1].map(chunkOf)).toEqual([0, 0, 1, 5]);
    expect(monthOf('2026-02-28')).toBe('2026-02');
  });
});
