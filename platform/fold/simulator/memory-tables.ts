/**
 * What the tables hold, without the network: every call here happens at one instant. Which instant that is, and whether
 * anybody hears of it, is the simulator's to decide (ports.ts).
 */
import type {
  CommitReply,
  Mutation,
  Page,
  PageRequest,
  ShardClaim,
  ShardCommit,
  ShardKey,
  ShardState,
  TableDefinition,
  TotalRow,
} from '#platform/tables/tables.ts';
import { textOf } from './text.ts';

export type Columns = Readonly<Record<string, unknown>>;

/** A row, or where it was (`null`) with the version of its deletion. */
export interface Cell {
  readonly table: TableDefinition;
  readonly row: Columns | null;
  readonly version: number;
}

/** A row that stands. */
export type StoredRow = Cell & { readonly row: Columns };

/** A shard's row. Its totals are by period and name. */
export interface StoredShard {
  readonly epoch: number;
  readonly nextOffset: number;
  readonly fingerprint: string | null;
  readonly totals: ReadonlyMap<string, TotalRow>;
}

const UNCLAIMED: StoredShard = { epoch: 0, nextOffset: 0, fingerprint: null, totals: new Map() };

/** The mutants override what is protected here: each is one promise of the tables port. */
export class MemoryTables {
  protected readonly cells = new Map<string, Cell>();
  readonly #shards = new Map<string, StoredShard>();

  /** Applies one write: the highest version stands, and at equal versions the delete. */
  apply(mutation: Mutation): void {
    const columns = mutation.kind === 'put' ? mutation.row : mutation.key;
    const key = keyText(mutation.table, columns);
    const cell: Cell = { table: mutation.table, row: mutation.kind === 'put' ? mutation.row : null, version: mutation.version };
    const standing = this.cells.get(key);
    if (!standing || this.overwrites(cell, standing)) this.store(key, cell);
  }

  /** The row of a key as it stands now. */
  read(table: TableDefinition, key: Columns): Columns | undefined {
    return this.cells.get(keyText(table, key))?.row ?? undefined;
  }

  /** A part of the rows within a partition, in clustering order; the cursor is the number of rows before those that it asks for. */
  page(table: TableDefinition, { within, limit, cursor }: PageRequest<TableDefinition>): Page<TableDefinition> {
    const rows: Columns[] = [];
    for (const { table: other, row } of this.cells.values()) if (row && other.name === table.name && isWithin(row, within)) rows.push(row);
    rows.sort((one, other) => clusteringOrder(table, one, other));
    const first = Number(cursor ?? 0);
    const handed = rows.slice(first, first + limit) as Page<TableDefinition>['rows'];
    return first + limit < rows.length ? { rows: handed, cursor: String(first + limit) } : { rows: handed };
  }

  /** Every row that stands, with its version. */
  *rows(): Generator<StoredRow> {
    for (const { table, row, version } of this.cells.values()) if (row) yield { table, row, version };
  }

  shard(key: ShardKey): StoredShard {
    return this.#shards.get(shardText(key)) ?? UNCLAIMED;
  }

  readShard(key: ShardKey, periods: readonly string[] | 'every'): ShardState {
    const { epoch, nextOffset, fingerprint, totals } = this.shard(key);
    const asked = [...totals.values()].filter(({ period }) => periods === 'every' || periods.includes(period));
    return { epoch, nextOffset, fingerprint, totals: asked };
  }

  claim(key: ShardKey, claim: ShardClaim): CommitReply {
    const shard = this.shard(key);
    if (!this.claimApplies(claim, shard)) return { applied: false, epoch: shard.epoch, nextOffset: shard.nextOffset };
    this.#shards.set(shardText(key), { ...shard, epoch: claim.epoch + 1, fingerprint: claim.fingerprint });
    return { applied: true };
  }

  commit(key: ShardKey, commit: ShardCommit): CommitReply {
    const shard = this.shard(key);
    if (!this.commitApplies(commit, shard)) return { applied: false, epoch: shard.epoch, nextOffset: shard.nextOffset };
    const totals = new Map(shard.totals);
    for (const row of commit.totals) totals.set(`${row.period}/${row.name}`, row);
    this.#shards.set(shardText(key), { ...shard, nextOffset: commit.next, totals });
    return { applied: true };
  }

  protected store(key: string, cell: Cell): void {
    this.cells.set(key, cell);
  }

  /** Two rows at one version should be the same; where they are not, one stands by its values, as in Cassandra. */
  protected overwrites(cell: Cell, standing: Cell): boolean {
    if (cell.version !== standing.version) return cell.version > standing.version;
    if (cell.row === null || standing.row === null) return cell.row === null;
    return cell.row !== standing.row && textOf(cell.row) > textOf(standing.row);
  }

  protected claimApplies(claim: ShardClaim, shard: StoredShard): boolean {
    return claim.epoch === shard.epoch && claim.nextOffset === shard.nextOffset;
  }

  protected commitApplies(commit: ShardCommit, shard: StoredShard): boolean {
    return commit.epoch === shard.epoch && commit.base === shard.nextOffset;
  }
}

function isWithin(row: Columns, within: Columns): boolean {
  return Object.entries(within).every(([column, value]) => row[column] === value);
}

function clusteringOrder(table: TableDefinition, one: Columns, other: Columns): number {
  for (const column of table.clusteringKey) {
    const [a, b] = [one[column] as string | number, other[column] as string | number];
    if (a !== b) return a < b === table.descending.includes(column) ? 1 : -1;
  }
  return 0;
}

/** A row's whole key as text. */
export function keyText(table: TableDefinition, columns: Columns): string {
  let text = table.name;
  for (const column of table.partitionKey) text += `/${columns[column]}`;
  for (const column of table.clusteringKey) text += `/${columns[column]}`;
  return text;
}

function shardText({ fold, shard }: ShardKey): string {
  return `${fold}/${shard}`;
}
