import { beforeEach, describe, expect, it } from 'vitest';
import type { Mutation } from '#platform/tables/tables.ts';
import { createStand, recordOf, type Stand } from './fold.testing.ts';
import { shardJoins } from './join.ts';
import { decodeTop, topOf } from './shapes/top.ts';
import type { SmallState } from './simulator/small/orders-fold.ts';

const ordersOf = ({ counts }: SmallState) => counts.values().reduce((sum, count) => sum + count, 0);
const mostOrders = topOf<SmallState>({ limit: 5, figure: (_, state) => ordersOf(state) });

const isJoin = ({ table }: Mutation) => table.name === shardJoins.name;

/** What the table says of each user. */
function keptOf({ memory }: Stand): Record<string, number> {
  const kept = memory.read(shardJoins, { fold: 'small', shard: 0 })?.kept;
  return Object.fromEntries(decodeTop(JSON.parse(String(kept ?? '[]'))).map(({ key, figure }) => [key, figure]));
}

describe('the row of a join in a redo', () => {
  let stand: Stand;

  /** The row stands at offset 3. The owner died while it wrote what follows from the order at 3: the page is there, the row is not. */
  beforeEach(async () => {
    stand = createStand();
    stand.rules.join = mostOrders;
    stand.records = [recordOf(0), recordOf(1, { user: '0b' }), recordOf(2, { user: '0b' })];
    await stand.run();
    expect(keptOf(stand)).toEqual({ '0a': 1, '0b': 2 });
    stand.records = [...stand.records, recordOf(3)];
    const { write } = stand.tables;
    stand.tables.write = async (mutations) => {
      await write(mutations.filter((mutation) => !isJoin(mutation)));
      if (!mutations.some(isJoin)) return;
      stand.stop();
      throw new Error('died');
    };
    await stand.own();
    stand.tables.write = write;
    expect(keptOf(stand)).toEqual({ '0a': 1, '0b': 2 });
    // An operator rewinds the group; the first batches end below the version of the row.
    stand.groupOffset = 0;
    stand.limits = { ...stand.limits, flushRecords: 1 };
  });

  it('is written when the redo has reached next_offset, at that version', async () => {
    const versions: number[] = [];
    const { write } = stand.tables;
    stand.tables.write = async (mutations) => {
      versions.push(...mutations.filter(isJoin).map(({ version }) => version));
      await write(mutations);
    };
    await stand.run();
    expect(keptOf(stand)).toEqual({ '0a': 2, '0b': 2 });
    expect(versions).toEqual([4]);
    expect(stand.groupOffset).toBe(4);
  });

  it('is not lost where the owner dies before: the group’s offset has not moved', async () => {
    const { read } = stand.partition;
    stand.partition.read = async (options) => {
      const records = await read(options);
      if (records[0]?.offset !== 2) return records;
      stand.stop();
      return [];
    };
    await stand.own();
    expect(stand.groupOffset).toBe(0);
    stand.partition.read = read;
    await stand.run();
    expect(keptOf(stand)).toEqual({ '0a': 2, '0b': 2 });
    expect(stand.groupOffset).toBe(4);
  });

  it('does not keep the group’s offset where it changes nothing', async () => {
    await stand.run();
    const commits: number[] = [];
    stand.partition.commit = async (offset) => {
      commits.push(offset);
    };
    stand.groupOffset = 0;
    await stand.run();
    expect(commits).toEqual([1, 2, 3, 4]);
  });
});
