import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { dropKeyspace, randomKeyspace, runCql, testSettings } from './cassandra.testing.ts';
import { cassandraClient } from './cassandra-client.ts';
import { MigrationChanged, migrate } from './migrate.ts';

describe('migrate', () => {
  let folder: string;
  let settings: ReturnType<typeof testSettings>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'migrate-'));
    settings = testSettings(randomKeyspace());
    await file('0001-first.cql', table('first'));
    await file('0002-second.cql', `-- Two at once.\n${table('second')}\n${table('third')}`);
  });
  afterEach(async () => {
    await dropKeyspace(settings);
    await rm(folder, { recursive: true });
  });

  const file = (name: string, text: string) => writeFile(join(folder, name), text);
  const table = (name: string) => `CREATE TABLE IF NOT EXISTS ${name} (key text PRIMARY KEY, value text);`;
  const run = () => migrate(settings, folder, systemClock);
  const tables = async () => {
    const client = cassandraClient(settings);
    const { rows } = await client.execute('SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?', [settings.keyspace]);
    await client.shutdown();
    return rows.map((row): string => row.table_name).toSorted();
  };

  it('makes the keyspace, applies what it lacks, and has nothing to do the next time', async () => {
    expect(await run()).toEqual({ keyspaceCreated: true, applied: ['0001-first', '0002-second'], current: 2 });
    expect(await tables()).toEqual(['first', 'schema_lock', 'schema_migrations', 'second', 'third']);
    expect(await run()).toEqual({ keyspaceCreated: false, applied: [], current: 2 });
    await file('0003-fourth.cql', table('fourth'));
    expect(await run()).toEqual({ keyspaceCreated: false, applied: ['0003-fourth'], current: 3 });
  });

  it('refuses to keep more copies than there are nodes, by the name of the setting, and makes nothing', async () => {
    const replication = { datacenter1: 99 };
    await expect(migrate({ ...settings, replication }, folder, systemClock)).rejects.toThrow(
      /99 copies \(CASSANDRA_REPLICATION_FACTOR\).*has/,
    );
    expect(await tables()).toEqual([]);
  });

  it('leaves a keyspace that an operator made as it is', async () => {
    const { localDataCenter, keyspace } = settings;
    const replication = `{'class': 'NetworkTopologyStrategy', '${localDataCenter}': 1}`;
    await runCql(settings, [`CREATE KEYSPACE ${keyspace} WITH replication = ${replication} AND durable_writes = true`]);
    settings = { ...settings, replication: { 'no such data centre': 3 } };
    expect(await run()).toEqual({ keyspaceCreated: false, applied: ['0001-first', '0002-second'], current: 2 });
  });

  it('run three times at once, each migration is applied by one of them and all end well', async () => {
    const reports = await Promise.all([run(), run(), run()]);
    expect(reports.flatMap(({ applied }) => applied).toSorted()).toEqual(['0001-first', '0002-second']);
    expect(reports.map(({ current }) => current)).toEqual([2, 2, 2]);
    expect(await tables()).toEqual(['first', 'schema_lock', 'schema_migrations', 'second', 'third']);
  });

  it('killed in the middle, it is finished by the next run', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `many_${String(index).padStart(2, '0')}`);
    await file('0003-many.cql', names.map(table).join('\n'));
    const script =
      `import { migrate } from '#platform/tables/migrate.ts'; import { systemClock } from '#platform/clock/clock.ts';` +
      `await migrate(${JSON.stringify(settings)}, ${JSON.stringify(folder)}, systemClock);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'inherit' });
    const ended = once(child, 'exit');
    while (!(await tables()).some((name) => name.startsWith('many_'))) expect(child.exitCode).toBeNull();
    child.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(await run()).toEqual({ keyspaceCreated: false, applied: ['0003-many'], current: 3 });
    expect((await tables()).filter((name) => name.startsWith('many_'))).toEqual(names);
  });

  it('refuses a migration that was changed after it had been applied, but not for its comments', async () => {
    await run();
    await file('0001-first.cql', `-- Said better.\n${table('first')}`);
    expect(await run()).toMatchObject({ applied: [] });
    await file('0001-first.cql', table('other'));
    await expect(run()).rejects.toThrow(MigrationChanged);
    await expect(run()).rejects.toThrow(/0001-first was changed after it had been applied/);
    expect(await tables()).not.toContain('other');
  });

  it('of an older release leaves what a newer one applied', async () => {
    await run();
    await rm(join(folder, '0002-second.cql'));
    expect(await run()).toEqual({ keyspaceCreated: false, applied: [], current: 2 });
  });

  it('says what Cassandra said of a statement that it refused, and applies nothing after it', async () => {
    await file('0003-bad.cql', `${table('fourth')} CREATE TABLE IF NOT EXISTS bad (key nonsense PRIMARY KEY); ${table('fifth')}`);
    await expect(run()).rejects.toThrow(/nonsense/);
    expect(await tables()).toEqual(['first', 'fourth', 'schema_lock', 'schema_migrations', 'second', 'third']);
    await file('0003-bad.cql', `${table('fourth')} ${table('fifth')}`);
    expect(await run()).toMatchObject({ applied: ['0003-bad'] });
  });
});
