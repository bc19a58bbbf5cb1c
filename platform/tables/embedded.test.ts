import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChildProcess } from '#platform/sqlite/child-process.testing.ts';
import { contractMembers, contractNotes } from './contract/definitions.ts';
import { openEmbeddedTables } from './embedded.ts';
import { tablesContract } from './tables.contract.ts';
import { defineTable, put, remove, type Tables, UnwritableRow } from './tables.ts';

const contractDirectory = await mkdtemp(join(tmpdir(), 'kaiseki-tables-contract-'));
afterAll(() => rm(contractDirectory, { recursive: true, force: true }));

tablesContract('embedded', () => openEmbeddedTables({ directory: contractDirectory }));

describe('the embedded tables', () => {
  let directory = '';
  let tables: Tables;
  const children: ChildProcess[] = [];
  const program = join(import.meta.dirname, 'embedded-child.testing.ts');
  const shard = { fold: 'child', shard: 0 };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kaiseki-tables-'));
    tables = await openEmbeddedTables({ directory });
  });
  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.kill()));
    await tables.close();
    await rm(directory, { recursive: true, force: true });
  });

  function child(what: string): ChildProcess {
    const started = new ChildProcess(process.execPath, program, directory, what);
    children.push(started);
    return started;
  }

  const note = (name: string, text: string) => ({ bucket: 0, name, note: text, number: null });

  it('keep all that they acknowledged when their process is killed in the middle of its writes', async () => {
    let acknowledged = 0;
    for (let kill = 0; kill < 3; kill++) {
      const writer = child('writeForEver');
      await writer.says(100);
      await writer.kill();
      acknowledged = Number(writer.lines.at(-1)) + 1;
      const { nextOffset, totals } = await tables.readShard(shard, 'every', 'serial');
      expect(nextOffset).toBeGreaterThanOrEqual(acknowledged);
      expect(totals.map(({ name, figures: { orders, users } }) => [name, orders, users])).toEqual(
        ['a', 'b', 'c'].map((name) => [name, nextOffset, nextOffset]),
      );
      const keys = Array.from({ length: acknowledged }, (_, number) => ({ bucket: 0, name: `${number}` }));
      const rows = await tables.get(contractNotes, keys);
      expect(rows.map((row) => row?.number)).toEqual(keys.map((_, number) => number));
    }
    expect(acknowledged).toBeGreaterThanOrEqual(300);
  });

  it('let several processes claim one shard: each epoch is won once', async () => {
    const claimers = [child('claimOften'), child('claimOften')];
    await Promise.all(claimers.map((claimer) => claimer.end()));
    expect((await tables.readShard(shard, [], 'serial')).epoch).toBe(200);
  });

  it('show each process what the others wrote, tables that it has not used yet included', async () => {
    const other = await openEmbeddedTables({ directory });
    try {
      expect(await tables.get(contractNotes, [{ bucket: 0, name: 'a' }])).toEqual([undefined]);
      await other.write([put(contractNotes, note('a', 'theirs'), 2), put(contractMembers, { segment: 's', shard: 0, user_id: 'u' }, 1)]);
      await tables.write([put(contractNotes, note('a', 'late'), 1)]);
      expect(await tables.get(contractNotes, [{ bucket: 0, name: 'a' }])).toEqual([note('a', 'theirs')]);
      expect(await tables.get(contractMembers, [{ segment: 's', shard: 0, user_id: 'u' }])).toHaveLength(1);
    } finally {
      await other.close();
    }
  });

  it('let the first write of a version stand, and a delete over both', async () => {
    const key = { bucket: 0, name: 'a' };
    await tables.write([put(contractNotes, note('a', 'first'), 3)]);
    await tables.write([put(contractNotes, note('a', 'second'), 3)]);
    expect(await tables.get(contractNotes, [key])).toEqual([note('a', 'first')]);
    await tables.write([put(contractNotes, note('a', 'third'), 3), remove(contractNotes, key, 3)]);
    expect(await tables.get(contractNotes, [key])).toEqual([undefined]);
  });

  it('refuse a total that is no integer, without harm to what is written beside it', async () => {
    await tables.claimShard(shard, { epoch: 0, nextOffset: 0, fingerprint: 'f' });
    const good = tables.write([put(contractNotes, note('a', 'good'), 1)]);
    const totals = [{ period: 'all', name: 'a', figures: { orders: Number.NaN } }];
    await expect(tables.commitShard(shard, { epoch: 1, base: 0, next: 1, totals })).rejects.toThrow(UnwritableRow);
    await good;
    expect(await tables.get(contractNotes, [{ bucket: 0, name: 'a' }])).toEqual([note('a', 'good')]);
  });

  it('refuse a table that was made from another definition', async () => {
    await tables.write([put(contractMembers, { segment: 's', shard: 0, user_id: 'u' }, 1)]);
    const changed = defineTable({ ...contractMembers, columns: { ...contractMembers.columns, since: 'timestamp' } });
    const row = { segment: 's', shard: 0, user_id: 'u', since: 0 };
    await expect(tables.write([put(changed, row, 2)])).rejects.toThrow(/contract_members has other columns/);
    expect(await tables.get(contractMembers, [row])).toHaveLength(1);
  });

  it('refuse a file that is no database', async () => {
    await tables.close();
    const path = join(directory, 'tables.db');
    await writeFile(path, 'this was never a database'.repeat(1_000));
    await expect(openEmbeddedTables({ directory })).rejects.toThrow(`${path}: it is damaged, or no database at all`);
  });

  it('keep their write-ahead log small, however much is written while they are read', async () => {
    const text = 'x'.repeat(100_000);
    for (let round = 0; round < 12; round++) {
      const rows = Array.from({ length: 100 }, (_, index) => put(contractNotes, note(`${index}`, text), round));
      const [page] = await Promise.all([tables.page(contractNotes, { within: { bucket: 0 }, limit: 100 }), tables.write(rows)]);
      expect(page.rows).toHaveLength(round === 0 ? 0 : 100);
    }
    expect((await stat(join(directory, 'tables.db-wal'))).size).toBeLessThan(64 * 1024 * 1024);
  });
});
