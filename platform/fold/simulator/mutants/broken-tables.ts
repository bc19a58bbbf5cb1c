/** Tables that break one of their promises. */
import type { ShardClaim, ShardCommit, ShardKey, ShardState, TableDefinition } from '#platform/tables/tables.ts';
import { type Cell, type Columns, keyText, MemoryTables, type StoredShard } from '../memory-tables.ts';

/** Commits hold against the epoch only. */
export class CommittedByEpochOnly extends MemoryTables {
  protected override commitApplies({ epoch }: ShardCommit, shard: StoredShard): boolean {
    return epoch === shard.epoch;
  }
}

/** Commits hold against next_offset only. */
export class CommittedByBaseOnly extends MemoryTables {
  protected override commitApplies({ base }: ShardCommit, shard: StoredShard): boolean {
    return base === shard.nextOffset;
  }
}

/** Every commit applies. */
export class CommittedAlways extends MemoryTables {
  protected override commitApplies(): boolean {
    return true;
  }
}

/** Claims hold against the epoch only. */
export class ClaimedByEpochOnly extends MemoryTables {
  protected override claimApplies({ epoch }: ShardClaim, shard: StoredShard): boolean {
    return epoch === shard.epoch;
  }
}

/** The last write stands, whatever its version. */
export class WithoutVersions extends MemoryTables {
  protected override overwrites(): boolean {
    return true;
  }
}

/** A delete leaves nothing behind: an earlier write that comes later brings the row back. */
export class ForgetfulDeletes extends MemoryTables {
  protected override store(key: string, cell: Cell): void {
    if (cell.row === null) this.cells.delete(key);
    else super.store(key, cell);
  }
}

/** Lists are not frozen: a row that is written twice at one version has every element twice, as Cassandra's list columns would. */
export class UnfrozenLists extends MemoryTables {
  protected override overwrites(cell: Cell, standing: Cell): boolean {
    return cell.version === standing.version ? cell.row !== null : super.overwrites(cell, standing);
  }

  protected override store(key: string, cell: Cell): void {
    const standing = this.cells.get(key);
    const isRepeated = standing?.row && cell.row && standing.version === cell.version;
    super.store(key, isRepeated ? { ...cell, row: withListsOf(standing.row as Columns, cell) } : cell);
  }
}

function withListsOf(standing: Columns, { table, row }: Cell): Columns {
  const lists = Object.entries(table.columns).filter(([, type]) => type === 'list<text>');
  const joined = lists.map(([column]) => [column, [...(standing[column] as string[]), ...((row?.[column] ?? []) as string[])]]);
  return { ...row, ...Object.fromEntries(joined) };
}

/** Every third read of a row finds it as it was before its last change: not a read at quorum. */
export class StaleReads extends MemoryTables {
  readonly #former = new Map<string, Columns | undefined>();
  #reads = 0;

  protected override store(key: string, cell: Cell): void {
    this.#former.set(key, this.cells.get(key)?.row ?? undefined);
    super.store(key, cell);
  }

  override read(table: TableDefinition, columns: Columns): Columns | undefined {
    const key = keyText(table, columns);
    return this.#reads++ % 3 === 2 && this.#former.has(key) ? this.#former.get(key) : super.read(table, columns);
  }
}

/** Totals whose names begin with `mark/` are a mutant's own: whoever asks for every total does not see them. */
export class WithHiddenMarks extends MemoryTables {
  override readShard(key: ShardKey, periods: readonly string[] | 'every'): ShardState {
    const state = super.readShard(key, periods);
    return periods === 'every' ? { ...state, totals: state.totals.filter(({ name }) => !name.startsWith('mark/')) } : state;
  }
}
