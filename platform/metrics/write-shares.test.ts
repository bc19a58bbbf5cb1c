import { expect, it } from 'vitest';
import { defineTable, put, remove } from '#platform/tables/tables.ts';
import { WriteShares } from './write-shares.ts';

const members = defineTable({
  name: 'members',
  columns: { segment: 'text', shard: 'int', user_id: 'text' },
  partitionKey: ['segment', 'shard'],
  clusteringKey: ['user_id'],
});
const users = defineTable({
  name: 'users',
  columns: { bucket: 'int', user_id: 'text' },
  partitionKey: ['bucket'],
  clusteringKey: ['user_id'],
});

const member = (segment: string, shard: number, user_id: string) => ({ segment, shard, user_id });

it('knows the busiest partition of each table, deletes included', () => {
  const shares = new WriteShares();
  const rows = shares.add(
    [
      put(members, member('washoku', 1, 'a'), 1),
      put(users, { bucket: 7, user_id: 'a' }, 1),
      remove(members, member('washoku', 1, 'b'), 2),
      put(members, member('washoku', 1, 'c'), 3),
      put(users, { bucket: 8, user_id: 'b' }, 1),
      put(members, member('yoshoku', 1, 'b'), 2),
    ],
    0,
  );
  expect([...rows]).toEqual(
    expect.arrayContaining([
      ['members', 4],
      ['users', 2],
    ]),
  );
  expect(new Map(shares.busiest(0))).toEqual(
    new Map([
      ['members', 0.75],
      ['users', 0.5],
    ]),
  );
});

it('tells partitions apart by every column of their key', () => {
  const shares = new WriteShares();
  for (let shard = 0; shard < 4; shard++) shares.add([put(members, member('washoku', shard, 'a'), 1)], 0);
  expect(shares.busiest(0)).toEqual([['members', 0.25]]);
});

it('says 0 of a table that nothing was written to in the last minute', () => {
  const shares = new WriteShares();
  shares.addRows('members', 'washoku/1', 3, 0);
  expect(shares.busiest(0)).toEqual([['members', 1]]);
  expect(shares.busiest(120_000)).toEqual([['members', 0]]);
});
