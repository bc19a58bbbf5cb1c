/** Mutations as runs of SQL statements. Their order does not matter: versions decide what stands. */
import type { SQLInputValue } from 'node:sqlite';
import type { Runs } from './embedded-schema.ts';
import type { EmbeddedTable } from './embedded-table.ts';
import type { Mutation, TableDefinition } from './tables.ts';

/** Those of the same kind and table together. `bytes` is a guess at their memory. */
export function mutationRuns(
  mutations: readonly Mutation[],
  tableOf: (definition: TableDefinition) => EmbeddedTable,
): { readonly runs: readonly Runs[]; readonly bytes: number } {
  const runs = new Map<string, Runs>();
  const valuesOf = (sql: string, width: number): SQLInputValue[] => {
    const found = runs.get(sql) ?? { sql, width, values: [] };
    runs.set(sql, found);
    return found.values;
  };
  let bytes = 0;
  for (const mutation of mutations) {
    const table = tableOf(mutation.table);
    const isPut = mutation.kind === 'put';
    const columns = isPut ? table.columns : table.key;
    const values = valuesOf(isPut ? table.sql.put : table.sql.remove, columns.length + 1);
    bytes += table.codec.encode(columns, isPut ? mutation.row : mutation.key, values);
    values.push(mutation.version);
  }
  return { runs: [...runs.values()], bytes };
}
