import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withSettingsFile } from './settings-file.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'kaiseki-settings-file-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function read(contents: string | Buffer, environment = {}) {
  const path = join(directory, '.env');
  writeFileSync(path, contents);
  return withSettingsFile(path, environment);
}

it('reads settings, over which those of the environment win', () => {
  expect(read('A=1\nB=2', { B: '3', C: '4' })).toEqual({ A: '1', B: '3', C: '4' });
  expect(withSettingsFile(join(directory, 'none'), { C: '4' })).toEqual({ C: '4' });
});

it('takes an empty variable of the environment for none, as everywhere', () => {
  expect(read('A=1\nB=2', { A: '', B: '3', C: '', D: undefined })).toEqual({ A: '1', B: '3', C: '', D: undefined });
});

it('reads files as editors of every system write them', () => {
  expect(read('\uFEFFA=1\r\n# comment\r\n\r\n  export B = 2\r\n')).toEqual({ A: '1', B: '2' });
  expect(read("A=\"first\n# second\nthird\" # comment\nB=it's\nC='that'")).toEqual({ A: 'first\n# second\nthird', B: "it's", C: 'that' });
});

it('refuses what it would lose: another encoding, and lines that are no settings', () => {
  for (const utf16 of ['A=1\n', '\uFEFFA=1\n']) {
    expect(() => read(Buffer.from(utf16, 'utf16le'))).toThrow('cannot be read: it is not UTF-8, but seems to be UTF-16: save it as UTF-8');
  }
  expect(() => read(Buffer.from('A=caf\u00e9', 'latin1'))).toThrow('it is not UTF-8: save it as UTF-8');
  for (const line of ['KEY: hunter2', 'KEY hunter2', 'hunter2', '=hunter2']) {
    const problem = 'has a line that is no setting (line 3): write NAME=value, or # before a comment';
    expect(() => read(`# "\nA="1"\n${line}\nB='2'`), line).toThrow(problem);
  }
});

it('says so where the file is a directory', () => {
  const path = join(directory, 'folder');
  mkdirSync(path);
  expect(() => withSettingsFile(path, {})).toThrow(`the file ${path} is a directory, but must be a file of settings`);
});

it('says so where the file is a link to none, or cannot be looked for: its settings would be lost', () => {
  const dangling = join(directory, 'dangling');
  symlinkSync(join(directory, 'nowhere'), dangling);
  expect(() => withSettingsFile(dangling, {})).toThrow(`the file ${dangling} is a link to a file that is not there`);
  const file = join(directory, 'a-file');
  writeFileSync(file, '');
  expect(() => withSettingsFile(join(file, '.env'), {})).toThrow('cannot be read: ENOTDIR');
});

const ignoresPermissions = process.getuid?.() === 0;

it.skipIf(ignoresPermissions)('says so where the folder, or the file, may not be read (skipped as root, who may read all)', () => {
  const folder = join(directory, 'closed');
  mkdirSync(folder);
  const path = join(folder, '.env');
  writeFileSync(path, 'A=1', { mode: 0 });
  expect(() => withSettingsFile(path, {})).toThrow('cannot be read: EACCES');
  chmodSync(folder, 0);
  expect(() => withSettingsFile(path, {})).toThrow('cannot be read: EACCES');
  chmodSync(folder, 0o700);
});
