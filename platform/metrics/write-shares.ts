/** Which partition of each table gets the most writes. Memory is bounded: one sketch a table. */
import type { Mutation, TableDefinition } from '#platform/tables/tables.ts';
import { Busiest } from './busiest.ts';

type PartitionName = string | number;
type Columns = Readonly<Record<string, unknown>>;

/** The writes of one call that follow each other and go to one partition. */
interface Run {
  readonly columns: Columns;
  rows: number;
}

export class WriteShares {
  readonly #tables = new Map<string, Busiest<PartitionName>>();

  /** Takes the writes of one call in, and returns how many there were of each table. */
  add(mutations: readonly Mutation[], now_ms: number): ReadonlyMap<string, number> {
    const rows = new Map<string, number>();
    const runs = new Map<TableDefinition, Run>();
    for (const mutation of mutations) {
      const { table } = mutation;
      const columns = mutation.kind === 'put' ? mutation.row : mutation.key;
      const run = runs.get(table);
      if (run && table.partitionKey.every((column) => run.columns[column] === columns[column])) {
        run.rows++;
        continue;
      }
      if (run) this.#endRun(table, run, rows, now_ms);
      runs.set(table, { columns, rows: 1 });
    }
    for (const [table, run] of runs) this.#endRun(table, run, rows, now_ms);
    return rows;
  }

  addRows(table: string, partition: PartitionName, rows: number, now_ms: number): void {
    let busiest = this.#tables.get(table);
    if (!busiest) {
      busiest = new Busiest();
      this.#tables.set(table, busiest);
    }
    busiest.sketchAt(now_ms).offer(partition, rows);
  }

  /** Each table's name and the share of its busiest partition in the last minute; 0 where nothing was written. */
  busiest(now_ms: number): [table: string, share: number][] {
    return [...this.#tables].map(([table, busiest]) => [table, busiest.top(1, now_ms)[0]?.share ?? 0]);
  }

  #endRun(table: TableDefinition, run: Run, rows: Map<string, number>, now_ms: number): void {
    rows.set(table.name, (rows.get(table.name) ?? 0) + run.rows);
    this.addRows(table.name, partitionName(table, run.columns), run.rows, now_ms);
  }
}

function partitionName({ partitionKey }: TableDefinition, columns: Columns): PartitionName {
  const [only, ...others] = partitionKey;
  const value = only === undefined ? '' : columns[only];
  if (others.length === 0 && typeof value === 'number') return value;
  return partitionKey.map((column) => String(columns[column])).join('/');
}
