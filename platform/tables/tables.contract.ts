/** The contract of the tables port: one suite that every adapter passes, against the real store. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contractTables, contractValues, freshBucket, valuesRow } from './contract/definitions.ts';
import { pagesContract } from './contract/pages.ts';
import { shardsContract } from './contract/shards.ts';
import { singlesContract } from './contract/singles.ts';
import { valuesContract } from './contract/values.ts';
import { versionsContract } from './contract/versions.ts';
import { put, type TableDefinition, type Tables } from './tables.ts';

/**
 * Declares the suite for one adapter. `open` gives tables that hold `definitions`, creating those that are missing; it
 * is called several times, the last ones after `close`, and always shows the same store.
 */
export function tablesContract(name: string, open: (definitions: readonly TableDefinition[]) => Promise<Tables>): void {
  describe(`tables contract: ${name}`, () => {
    let opened: Tables | undefined;
    const tables = (): Tables => {
      if (opened === undefined) throw new Error('the tables are not open');
      return opened;
    };

    beforeAll(async () => {
      opened = await open(contractTables);
    });
    afterAll(async () => {
      await opened?.close();
    });

    valuesContract(tables);
    versionsContract(tables);
    pagesContract(tables);
    singlesContract(tables);
    shardsContract(tables);

    it('answers a check', async () => {
      await tables().check();
    });

    it('writes of many callers at once all arrive', async () => {
      const bucket = freshBucket();
      const rows = Array.from({ length: 400 }, (_, index) => valuesRow({ bucket: index % 2 ? bucket : freshBucket(), name: `${index}` }));
      await Promise.all(rows.map((row) => tables().write([put(contractValues, row, 1)])));
      const keys = rows.map(({ bucket, name }) => ({ bucket, name }));
      expect(await tables().get(contractValues, keys)).toEqual(rows);
    });

    it('keeps what was written and committed when it is closed and opened again; closed, it refuses', async () => {
      const bucket = freshBucket();
      const row = valuesRow({ bucket, name: 'kept', note: 'kept' });
      const shard = { fold: `reopened-${bucket}`, shard: 1 };
      await tables().write([put(contractValues, row, 5)]);
      await tables().claimShard(shard, { epoch: 0, nextOffset: 0, fingerprint: 'f' });
      await tables().commitShard(shard, {
        epoch: 1,
        base: 0,
        next: 3,
        totals: [{ period: 'all', name: 'a', figures: { orders: 1, users: 1 } }],
      });
      const before = await tables().readShard(shard, 'every', 'serial');
      const closed = tables();
      await closed.close();
      await expect(closed.write([put(contractValues, row, 6)])).rejects.toThrow();
      await expect(closed.get(contractValues, [{ bucket, name: 'kept' }])).rejects.toThrow();
      await expect(closed.check()).rejects.toThrow();
      opened = await open(contractTables);
      await tables().write([put(contractValues, { ...row, note: 'lower' }, 4)]);
      expect(await tables().get(contractValues, [{ bucket, name: 'kept' }])).toEqual([row]);
      expect(await tables().readShard(shard, 'every', 'serial')).toEqual(before);
    });
  });
}
