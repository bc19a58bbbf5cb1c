import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hashKey, partitionOf } from './partition.ts';

/** The vectors of Kafka's own UtilsTest.testMurmur2, signed as Java prints them. */
const vectors: readonly (readonly [string, number])[] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
];

it.each(vectors)('hashes %s as Kafka does', (key, murmur2) => {
  expect(hashKey(key)).toBe(murmur2 & 0x7fffffff);
});

it('gives every key one partition, within range, whatever its characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 1_000 }), (key, partitions) => {
      const partition = partitionOf(key, partitions);
      expect(partition).toBeGreaterThanOrEqual(0);
      expect(partition).toBeLessThan(partitions);
      expect(partition).toBe(hashKey(key) % partitions);
    }),
  );
});

it('spreads keys over all partitions', () => {
  const counts = new Array<number>(12).fill(0);
  for (let user = 0; user < 12_000; user++) counts[partitionOf(`u${user}`, 12)]! += 1;
  expect(Math.min(...counts)).toBeGreaterThan(800);
  expect(Math.max(...counts)).toBeLessThan(1_200);
});
