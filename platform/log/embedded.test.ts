import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { ManualClock } from '#platform/clock/manual-clock.testing.ts';
import { ChildProcess } from '#platform/sqlite/child-process.testing.ts';
import { aborted, appendValues, numbers, orderOf, readAll, readCount, until, valuesOf, whileOwning } from './contract/owning.ts';
import { openEmbeddedLog } from './embedded.ts';
import { logContract } from './log.contract.ts';
import { AppendFailed, type Log, type LogRecord } from './log.ts';

const contractDirectory = await mkdtemp(join(tmpdir(), 'kaiseki-log-contract-'));
afterAll(() => rm(contractDirectory, { recursive: true, force: true }));

logContract('embedded', () => openEmbeddedLog({ directory: contractDirectory, clock: systemClock }));

describe('the embedded log', () => {
  const topic = 'a-topic';
  const group = 'a-group';
  let directory = '';
  let log: Log;
  const children: ChildProcess[] = [];
  const program = join(import.meta.dirname, 'embedded-child.testing.ts');

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kaiseki-log-'));
    log = await openEmbeddedLog({ directory, clock: systemClock });
    await log.createTopics([{ name: topic, partitions: 3, cleanup: 'delete', retention_ms: -1, purpose: 'a test' }]);
  });
  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.kill()));
    await log.close();
    await rm(directory, { recursive: true, force: true });
  });

  function child(what: string, ...wrapper: readonly string[]): ChildProcess {
    const [command = process.execPath, ...args] = [...wrapper, process.execPath, program, directory, topic, group, what];
    const started = new ChildProcess(command, ...args);
    children.push(started);
    return started;
  }

  it('keeps all that it acknowledged when its process is killed in the middle of its writes', async () => {
    const acknowledged: string[] = [];
    for (let kill = 0; kill < 3; kill++) {
      const writer = child('appendForEver');
      await writer.says(300);
      await writer.kill();
      acknowledged.push(...writer.lines);
    }
    const count = (await log.lag(topic, group)).reduce((sum, { endOffset }) => sum + endOffset, 0);
    const values = valuesOf(await readAll(log, topic, count));
    expect(values).toHaveLength(count);
    expect(new Set(values).size).toBe(count);
    expect(new Set(acknowledged).difference(new Set(values))).toEqual(new Set());
  });

  it('takes the appends of several processes, and hands them to the readers of each', async () => {
    const seen: LogRecord[] = [];
    const tail = await log.tail(topic, (records) => seen.push(...records));
    const writers = [child('appendSome'), child('appendSome')];
    await Promise.all(numbers(0, 200).map((value) => log.append(topic, [orderOf(value, `here-${value}`)])));
    await Promise.all(writers.map((writer) => writer.end()));
    await until('the tail has all', () => seen.length === 600);
    await tail.stop();
    expect(new Set(valuesOf(seen)).size).toBe(600);
    for (const { partition, endOffset } of await log.lag(topic, group)) {
      const offsets = seen.filter((record) => record.partition === partition).map(({ offset }) => offset);
      expect(offsets).toEqual(numbers(0, endOffset).map(Number));
    }
  });

  it('lets one process consume as a group, names it to the others, and forgets it when it is killed', async () => {
    const owner = child('consume');
    await owner.says(1);
    const own = ({ signal }: { readonly signal: AbortSignal }) => aborted(signal);
    const join = () => log.consume({ topic, group, own });
    const refusal = new RegExp(`process ${owner.pid} consumes ${topic} as group ${group} in ${directory}`);
    await expect(join()).rejects.toThrow(refusal);
    await expect(log.rewind(topic, group, 0)).rejects.toThrow(refusal);
    const other = await log.consume({ topic: topic, group: 'another', own });
    await other.stop();
    await owner.kill();
    const running = await join();
    await expect(log.rewind(topic, group, 0)).rejects.toThrow(`process ${process.pid} consumes`);
    await running.stop();
    await log.rewind(topic, group, 0);
    const next = child('consume');
    await next.says(1);
  });

  it.skipIf(process.platform !== 'linux')('says so when it cannot write, and goes on when it can again', async () => {
    // Files of at most 16 MiB: what a full disk does, to one process only.
    const limited = child('fill', 'bash', '-c', 'ulimit -S -f 16384; exec "$@"', 'limited');
    await limited.says(1);
    expect(limited.lines[0]).toMatch(/AppendFailed.*log\.db: (the disk is full|the disk answers with errors)/);
    expect(spawnSync('prlimit', ['--pid', String(limited.pid), '--fsize=unlimited']).status).toBe(0);
    limited.tell('there is room');
    await limited.end();
    const [, appended] = /appended (\d+)/.exec(String(limited.lines[1])) ?? [];
    const ends = (await log.lag(topic, group)).map(({ endOffset }) => endOffset);
    expect(ends.reduce((sum, end) => sum + end, 0)).toBe(Number(appended));
  });

  it('refuses a file that is no database, and a layout that it does not know', async () => {
    await log.close();
    const path = join(directory, 'log.db');
    const reopen = async () => {
      log = await openEmbeddedLog({ directory, clock: systemClock });
    };
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    await expect(reopen()).rejects.toThrow(`${path}: its layout has version 99; this program reads version 2`);
    await writeFile(path, 'this was never a database'.repeat(1_000));
    await expect(reopen()).rejects.toThrow(`${path}: it is damaged, or no database at all`);
  });

  it('sends those who use an unknown topic to the command that creates it', async () => {
    const words = 'there is no topic nowhere: run kaiseki topics';
    await expect(log.lag('nowhere', 'g')).rejects.toThrow(words);
    await expect(log.tail('nowhere', () => undefined)).rejects.toThrow(words);
    await expect(log.consume({ topic: 'nowhere', group: 'g', own: async () => undefined })).rejects.toThrow(words);
    await expect(log.append('nowhere', [orderOf('a', '1')])).rejects.toThrow(words);
  });

  it('refuses a time that is no whole number, without harm to what is appended beside it', async () => {
    const good = appendValues(log, topic, ['good']);
    await expect(log.append(topic, [{ key: 'a', value: 'bad', timestamp_ms: Number.NaN }])).rejects.toThrow(AppendFailed);
    await good;
    expect((await log.lag(topic, group)).reduce((sum, { records }) => sum + records, 0)).toBe(1);
  });
});

describe('cleaning up the embedded log', () => {
  let directory = '';
  let log: Log;
  let clock: ManualClock;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kaiseki-log-'));
    clock = new ManualClock();
    log = await openEmbeddedLog({ directory, clock });
  });
  afterEach(async () => {
    await log.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function create(cleanup: 'delete' | 'compact', retention_ms: number): Promise<string> {
    const name = `${cleanup}-${retention_ms}`;
    await log.createTopics([{ name, partitions: 1, cleanup, retention_ms, purpose: 'a test' }]);
    return name;
  }

  /** Lets time pass, and waits until both that look after the log have worked and sleep again. */
  async function pass(duration_ms: number): Promise<void> {
    await until('they sleep', () => clock.sleeping === 2);
    clock.advance(duration_ms);
    await until('they have worked', () => clock.sleeping === 2);
  }

  /** What is left, with its offsets. */
  function left(topic: string, count: number): Promise<readonly [number, string][]> {
    return whileOwning(log, topic, 'left', async (owned) => {
      owned.seek(0);
      return (await readCount(owned, count)).map(({ offset, value }): [number, string] => [offset, String(value)]);
    });
  }

  const earliestOf = (topic: string) => whileOwning(log, topic, 'bounds', async (owned) => (await owned.bounds()).earliest);

  it('removes records past their retention, from the beginning only', async () => {
    const topic = await create('delete', 1_000);
    const kept = await create('delete', -1);
    for (const [value, timestamp_ms] of [
      ['old', -5_000],
      ['older', -9_000],
      ['new', clock.now_ms() + 100_000],
      ['late', 0],
    ] as const) {
      for (const name of [topic, kept]) await log.append(name, [{ key: 'a', value, timestamp_ms }]);
    }
    await pass(60_000);
    expect(await earliestOf(topic)).toBe(2);
    expect(await left(topic, 2)).toEqual([
      [2, 'new'],
      [3, 'late'],
    ]);
    expect(await left(kept, 4)).toHaveLength(4);
    expect(await log.lag(topic, 'nobody')).toEqual([{ partition: 0, groupOffset: undefined, endOffset: 4, records: 2 }]);
    await pass(200_000);
    expect(await earliestOf(topic)).toBe(4);
    await appendValues(log, topic, ['next']);
    expect(await left(topic, 1)).toEqual([[4, 'next']]);
  });

  it('keeps the last record of each key of a compacted topic, and for a minute the others', async () => {
    const topic = await create('compact', -1);
    const seen: LogRecord[] = [];
    const tail = await log.tail(topic, (records) => seen.push(...records));
    await log.append(topic, [orderOf('a', 'a1'), orderOf('b', 'b1'), orderOf('a', 'a2')]);
    await log.append(topic, [orderOf('a', 'a3'), orderOf('c', 'c1')]);
    await until('the tail has seen all', () => seen.length === 5);
    await pass(60_000);
    expect(await left(topic, 5)).toHaveLength(5);
    await log.append(topic, [orderOf('b', 'b2')]);
    await pass(60_000);
    expect(await earliestOf(topic)).toBe(1);
    expect(await left(topic, 4)).toEqual([
      [1, 'b1'],
      [3, 'a3'],
      [4, 'c1'],
      [5, 'b2'],
    ]);
    await tail.stop();
  });
});
