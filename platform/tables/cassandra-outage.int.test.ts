/** What a caller sees while Cassandra cannot be reached: rejections, never a guess and never the end of the process. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { dropKeyspace, randomKeyspace, testSettings } from './cassandra.testing.ts';
import { openCassandraTables } from './cassandra.ts';
import { migrate } from './migrate.ts';
import { type Network, openNetwork } from './network.testing.ts';
import { defineTable, put, type Tables } from './tables.ts';

const settings = testSettings(randomKeyspace());
const dailySummary = defineTable({
  name: 'daily_summary',
  columns: { month: 'text', order_date: 'date', segment: 'text', total_count: 'bigint', computed_at: 'timestamp' },
  partitionKey: ['month'],
  clusteringKey: ['order_date', 'segment'],
});
const key = { month: '2026-01', order_date: '2026-01-01', segment: 'washoku' };
const row = { ...key, total_count: 1, computed_at: 0 };
const shard = { fold: 'outage', shard: 0 };

describe('an outage of Cassandra', () => {
  let network: Network;
  let tables: Tables;
  const direct = openCassandraTables(settings);

  beforeAll(async () => {
    await migrate(settings, 'cql', systemClock);
    await direct.claimShard(shard, { epoch: 0, nextOffset: 0, fingerprint: 'f' });
  });
  afterEach(async () => {
    await tables.close();
    await network.down();
  });
  afterAll(async () => {
    await direct.close();
    await dropKeyspace(settings);
  });

  it('at the start: every call rejects until it is there, then they work', async () => {
    network = await openNetwork(settings.contactPoints[0] as string);
    tables = openCassandraTables({ ...settings, contactPoints: [network.address] });
    await network.down();
    await expect(tables.check()).rejects.toThrow(/ECONNREFUSED/);
    await expect(tables.write([put(dailySummary, row, 1)])).rejects.toThrow();
    await expect(tables.readShard(shard, 'every', 'serial')).rejects.toThrow();
    await network.up();
    await tables.check();
    await tables.write([put(dailySummary, row, 1)]);
    expect(await tables.get(dailySummary, [key])).toEqual([row]);
  });

  it('at the start: closed before it was there, the tables stay closed', async () => {
    network = await openNetwork(settings.contactPoints[0] as string);
    tables = openCassandraTables({ ...settings, contactPoints: [network.address] });
    await network.down();
    await expect(tables.check()).rejects.toThrow(/ECONNREFUSED/);
    await tables.close();
    await network.up();
    await expect(tables.check()).rejects.toThrow(/closed/);
  });

  it('later: every call rejects, and they work again once it is back', async () => {
    network = await openNetwork(settings.contactPoints[0] as string);
    tables = openCassandraTables({ ...settings, contactPoints: [network.address] });
    await tables.check();
    await network.down();
    await expect(tables.write([put(dailySummary, row, 2)])).rejects.toThrow();
    await expect(tables.check()).rejects.toThrow();
    await network.up();
    // The first calls after an outage may still meet a connection of before.
    await until(() => tables.write([put(dailySummary, { ...row, total_count: 3 }, 3)]));
    expect(await until(() => tables.get(dailySummary, [key]))).toEqual([{ ...row, total_count: 3 }]);
    await until(() => tables.check());
  });

  it('between a commit and its reply: the call rejects, and is not sent again behind the back of the caller', async () => {
    network = await openNetwork(settings.contactPoints[0] as string);
    tables = openCassandraTables({ ...settings, contactPoints: [network.address] });
    const { epoch, nextOffset } = await tables.readShard(shard, [], 'serial');
    const commit = {
      epoch,
      base: nextOffset,
      next: nextOffset + 5,
      totals: [{ period: 'all', name: 'washoku', figures: { orders: 5, users: 1 } }],
    };
    // The statements are prepared, so that the next message to the server is the commit itself.
    await tables.commitShard(shard, { ...commit, base: nextOffset + 1 });
    network.muteReplies();
    const pending = tables.commitShard(shard, commit);
    const refused = expect(pending).rejects.toThrow();
    await until(async () => expect((await direct.readShard(shard, [], 'serial')).nextOffset).toBe(nextOffset + 5));
    await network.down();
    await refused;
    await network.up();
    expect(await until(() => tables.commitShard(shard, commit))).toEqual({ applied: false, epoch, nextOffset: nextOffset + 5 });
    expect(await until(() => tables.readShard(shard, ['all'], 'serial'))).toMatchObject({
      epoch,
      nextOffset: nextOffset + 5,
      totals: commit.totals,
    });
  });
});

/** Tries again until it does not reject; the last rejection after half a minute. */
async function until<T>(attempt: () => Promise<T>): Promise<T> {
  for (let attempts = 1; attempts < 600; attempts += 1) {
    try {
      return await attempt();
    } catch {
      await systemClock.sleep(50);
    }
  }
  return attempt();
}
