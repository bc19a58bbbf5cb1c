import { describe, expect, it } from 'vitest';
import { BadMigration, parseMigration, readMigrations, splitStatements } from './migrate-files.ts';

const CREATE = 'CREATE TABLE IF NOT EXISTS a (b int PRIMARY KEY)';

describe('migrations', () => {
  it('of the project are numbered without gaps and safe to repeat', async () => {
    const migrations = await readMigrations('cql');
    expect(migrations[0]?.name).toBe('0001-order-stream');
    expect(migrations[0]?.statements).toHaveLength(9);
    expect(migrations.every(({ checksum }) => /^[0-9a-f]{64}$/.test(checksum))).toBe(true);
  });

  it('are split at semicolons, but not inside of texts, names and comments', () => {
    const text = `-- one; two\n${CREATE} WITH comment = 'a;''b -- c' ;\n// three;\n/* four; */ DROP TABLE IF EXISTS "x;""y";; SELECT 4/2-1`;
    expect(splitStatements(text)).toEqual([`${CREATE} WITH comment = 'a;''b -- c'`, 'DROP TABLE IF EXISTS "x;""y"', 'SELECT 4/2-1']);
  });

  it('keep their checksum when comments and white space change, and only then', () => {
    const { checksum } = parseMigration('0001-a.cql', `${CREATE};`);
    expect(parseMigration('0001-a.cql', `-- why\n${CREATE.replaceAll(' ', '\n  ')} -- so\n;\n`).checksum).toBe(checksum);
    expect(parseMigration('0001-a.cql', `${CREATE.replace('int', 'bigint')};`).checksum).not.toBe(checksum);
  });

  it.each([
    ['a.cql', CREATE, /named like/],
    ['0000-a.cql', CREATE, /named like/],
    ['0001-A.cql', CREATE, /named like/],
    ['0001-a.cql', '-- nothing', /no statement/],
    ['0001-a.cql', `${CREATE}; CREATE TABLE c (d int PRIMARY KEY)`, /not safe to repeat.*CREATE TABLE c/],
  ])('%s with %j is refused', (file, text, words) => {
    expect(() => parseMigration(file, text)).toThrow(BadMigration);
    expect(() => parseMigration(file, text)).toThrow(words);
  });
});
