/** Migrations as they lie in a folder: `0001-what-it-adds.cql`, `0002-…`, without gaps. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Migration {
  readonly number: number;
  readonly name: string;
  /** CQL without comments, white space collapsed. */
  readonly statements: readonly string[];
  /** Of the statements: it stays the same when only comments or line breaks change. */
  readonly checksum: string;
}

/** Thrown for a folder whose files cannot be applied, with the file's name and what is wrong. */
export class BadMigration extends Error {
  override readonly name = 'BadMigration';
}

/** Reads every migration of a folder, in order. @throws BadMigration */
export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.cql')).toSorted();
  const migrations = await Promise.all(files.map(async (file) => parseMigration(file, await readFile(join(folder, file), 'utf8'))));
  for (const [index, { number, name }] of migrations.entries()) {
    if (number !== index + 1) throw new BadMigration(`${name}: the next number is ${index + 1}`);
  }
  if (migrations.length === 0) throw new BadMigration(`no migrations in ${folder}`);
  return migrations;
}

/** @throws BadMigration for a name without a number, or a statement that could not be applied a second time */
export function parseMigration(file: string, text: string): Migration {
  const number = Number(/^(\d{4})-[a-z0-9-]+\.cql$/.exec(file)?.[1] ?? 0);
  if (number === 0) throw new BadMigration(`${file}: a migration is named like 0001-what-it-adds.cql`);
  const statements = splitStatements(text);
  if (statements.length === 0) throw new BadMigration(`${file}: no statement`);
  for (const statement of statements) {
    // A migration that was killed half-way is applied again from its start.
    if (!/ IF (NOT )?EXISTS /i.test(statement))
      throw new BadMigration(`${file}: not safe to repeat without IF NOT EXISTS or IF EXISTS: ${statement}`);
  }
  const checksum = createHash('sha256').update(statements.join(';')).digest('hex');
  return { number, name: file.replace(/\.cql$/, ''), statements, checksum };
}

/** Splits CQL at its semicolons, outside of 'texts' and "names"; drops comments and collapses white space. */
export function splitStatements(text: string): readonly string[] {
  const statements = [''];
  for (const [token] of text.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|(?:--|\/\/)[^\n]*|\/\*[\s\S]*?\*\/|;|\s+|[^\s'";/-]+|./g)) {
    const last = statements.length - 1;
    if (token === ';') statements.push('');
    else if (/^(?:--|\/\/|\/\*|\s)/.test(token)) statements[last] = `${statements[last]?.trimEnd()} `;
    else statements[last] += token;
  }
  return statements.map((statement) => statement.trim()).filter((statement) => statement !== '');
}
