import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Writer } from './writer.ts';

const thread = new URL('./sql-writer.testing.ts', import.meta.url);
const INSERT = "INSERT INTO t VALUES ('a')";
const LARGE = 'INSERT INTO t SELECT hex(zeroblob(150000)) FROM (VALUES (1), (2), (3))';
const ALL_BYTES = 64 * 1024 * 1024;

describe('a writer', () => {
  let directory = '';
  let path = '';
  let writer: Writer<string, number>;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kaiseki-writer-'));
    path = join(directory, 'test.db');
    writer = await Writer.open<string, number>(thread, path);
  });
  afterEach(async () => {
    await writer.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('answers each with its own reply, in the order in which they came', async () => {
    const replies = await Promise.all(Array.from({ length: 500 }, () => writer.send(INSERT, 1)));
    expect(replies).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
  });

  it('undoes a whole turn when one of its jobs cannot be done, and goes on', async () => {
    const turn = await Promise.allSettled([writer.send(INSERT, 1), writer.send('INSERT INTO t VALUES (NULL)', 1), writer.send(INSERT, 1)]);
    expect(turn.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(writer.send('nonsense', 1)).rejects.toThrow(`${path}: near "nonsense": syntax error`);
    expect(await writer.send(INSERT, 1)).toBe(1);
  });

  it('lets nobody in while too much waits, then those who came first', async () => {
    const admitted: string[] = [];
    const first = writer.send(INSERT, ALL_BYTES);
    const second = writer.reserve(ALL_BYTES)?.then(() => admitted.push('second'));
    const third = writer.reserve(1)?.then(() => admitted.push('third'));
    expect([second, third]).not.toContain(undefined);
    await first;
    await second;
    expect(admitted).toEqual(['second']);
    await writer.run({ bytes: ALL_BYTES, seal: () => ({ message: INSERT, transfer: [] }) });
    await third;
    expect(admitted).toEqual(['second', 'third']);
    expect(writer.reserve(1)).toBeUndefined();
  });

  it('lets in what is larger than all the room when nothing else waits', async () => {
    expect(await writer.send(INSERT, 10 * ALL_BYTES)).toBe(1);
    expect(await writer.send(INSERT, 10 * ALL_BYTES)).toBe(2);
  });

  it('answers all that it was asked before it closes, then refuses', async () => {
    const asked = Array.from({ length: 5 }, () => writer.send(INSERT, ALL_BYTES));
    await writer.close();
    expect(await Promise.all(asked)).toEqual([1, 2, 3, 4, 5]);
    await expect(writer.send(INSERT, 1)).rejects.toThrow(`${path} is closed`);
    await writer.close();
  });

  it('says that another process is writing for too long, and goes on when that one has finished', async () => {
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(writer.send(INSERT, 1)).rejects.toThrow(`${path}: another process has been writing to it for more than 5 s`);
    other.exec('COMMIT');
    other.close();
    expect(await writer.send(INSERT, 1)).toBe(1);
  });

  it('is found unfit while there is no room for what failed, and fit again when there is', async () => {
    await writer.check();
    await writer.send('PRAGMA max_page_count = 60', 1);
    await expect(writer.send(LARGE, 900_000)).rejects.toThrow(`${path}: the disk is full`);
    expect(await writer.send(INSERT, 1)).toBe(1);
    await expect(writer.check()).rejects.toThrow(`${path}: the disk is full`);
    await expect(writer.check()).rejects.toThrow(`${path}: the disk is full`);
    await writer.send('PRAGMA max_page_count = 1000', 1);
    await writer.check();
    expect(await writer.send(LARGE, 900_000)).toBe(4);
    expect(await writer.send("INSERT INTO t SELECT name FROM sqlite_schema WHERE name = 'writer_probe'", 1)).toBe(4);
  });

  it('remembers a turn that failed while it was checked', async () => {
    await writer.send('PRAGMA max_page_count = 60', 1);
    const failed = expect(writer.send(LARGE, 900_000)).rejects.toThrow(`${path}: the disk is full`);
    await new Promise((resolve) => setImmediate(resolve));
    await writer.check();
    await failed;
    await expect(writer.check()).rejects.toThrow(`${path}: the disk is full`);
  });

  it('is fit after a turn that failed for a reason of its own', async () => {
    await expect(writer.send('nonsense', 1)).rejects.toThrow('syntax error');
    await writer.check();
  });

  it('says what is wrong with a database that cannot be opened', async () => {
    const nowhere = join(directory, 'nowhere', 'test.db');
    await expect(Writer.open(thread, nowhere)).rejects.toThrow(`${nowhere}: it cannot be opened`);
  });
});
