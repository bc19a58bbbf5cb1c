/** Every row that stands is one that the recounts expect, and says what they say. */
import type { TableDefinition } from '#platform/tables/tables.ts';
import { shardJoins } from '../join.ts';
import type { Columns, StoredRow } from './memory-tables.ts';
import type { ExpectedRow, Pipeline } from './pipeline.ts';
import { textOf } from './text.ts';

/** What a row says; `lsn` for a page. */
interface Said {
  readonly text: string;
  readonly lsn: number | undefined;
}

interface StoredPage {
  readonly lsn: number;
  readonly heard?: Readonly<Record<string, readonly [number, number]>>;
  readonly state: unknown;
}

export function rowProblems(facts: Iterable<StoredRow>, expected: readonly ExpectedRow[], pipeline: Pipeline): string[] {
  const problems: string[] = [];
  const should = new Map(expected.map((row) => [rowText(row.table, comparable(row.columns, pipeline)), row]));
  const found = new Set<string>();
  for (const stored of facts) {
    const { text, lsn } = said(stored, pipeline);
    found.add(text);
    const row = should.get(text);
    if (!row) problems.push(`a row too many: ${text}`);
    else if (row.lsn && (lsn !== stored.version || lsn < row.lsn.from || lsn > row.lsn.to))
      problems.push(`${text} is at lsn ${lsn}, version ${stored.version}, not from ${row.lsn.from} to ${row.lsn.to}`);
  }
  for (const text of should.keys()) if (!found.has(text)) problems.push(`a row is missing: ${text}`);
  return problems;
}

function said({ table, row }: StoredRow, pipeline: Pipeline): Said {
  if (table.name === shardJoins.name) return { text: rowText(table, { ...row, kept: JSON.parse(String(row.kept)) }), lsn: undefined };
  const fold = pipeline.folds.find(({ pageTable }) => pageTable.name === table.name);
  if (!fold) return { text: rowText(table, row), lsn: undefined };
  const { page, ...key } = row;
  const { lsn, heard, state } = JSON.parse(String(page)) as StoredPage;
  return { text: rowText(table, comparable({ ...key, state: fold.decode(state), ...(heard && { heard }) }, pipeline)), lsn };
}

function comparable({ heard, ...columns }: Columns, { isLoose }: Pipeline): Columns {
  return isLoose || heard === undefined ? columns : { ...columns, heard };
}

function rowText(table: TableDefinition, columns: Columns): string {
  return `${table.name} ${textOf(columns)}`;
}
