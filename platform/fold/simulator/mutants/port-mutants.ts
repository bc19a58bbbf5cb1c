/** Mutants of what the engine stands on: the tables' promises, and what a definition owes to it. */
import type { Mutation, TableDefinition, Tables } from '#platform/tables/tables.ts';
import type { FoldDefinition, KeyState } from '../../definition.ts';
import {
  ClaimedByEpochOnly,
  CommittedAlways,
  CommittedByEpochOnly,
  ForgetfulDeletes,
  StaleReads,
  UnfrozenLists,
  WithoutVersions,
} from './broken-tables.ts';
import type { Mutant } from './mutant.ts';

export const tablesMutants: readonly Mutant[] = [
  {
    name: 'commit-by-epoch-only',
    breaks: 'a commit does not look at next_offset: an earlier one of the same owner may come after it',
    tables: CommittedByEpochOnly,
  },
  { name: 'no-fence', breaks: 'a commit looks at nothing', tables: CommittedAlways },
  {
    name: 'claim-by-epoch-only',
    breaks: 'a claim does not look at next_offset: what it pins may begin below what is counted',
    tables: ClaimedByEpochOnly,
  },
  { name: 'no-versions', breaks: 'the last write stands, whatever its version', tables: WithoutVersions },
  { name: 'forgetful-deletes', breaks: 'a delete leaves no version behind', tables: ForgetfulDeletes },
  { name: 'unfrozen-lists', breaks: 'a row written twice has its ring twice', tables: UnfrozenLists },
  { name: 'stale-user-reads', breaks: "users' rows are not read at quorum", tables: StaleReads },
];

export const definitionMutants: readonly Mutant[] = [
  { name: 'raw-by-order-id', breaks: 'raw orders are told apart by order_id, which many lack, not by offset', define: rawByOrderId },
  {
    name: 'pages-without-epoch',
    breaks: 'a page of the order log has no epoch in its key: one with fewer orders, written again, takes its place',
    define: pagesWithoutEpoch,
  },
  { name: 'ring-in-memory', breaks: 'the identities of the last orders are not kept in the row', define: ringInMemory },
  {
    name: 'flips-at-one-version',
    breaks: 'every flip is a delete and a put of its own, all at the lsn of the row',
    define: flipsAtOneVersion,
  },
  { name: 'unversioned-deletes', breaks: 'a delete has no version: it shadows all that is written later', define: unversionedDeletes },
];

function rawByOrderId<E, S extends KeyState, P>(definition: FoldDefinition<E, S, P>): FoldDefinition<E, S, P> {
  const byOrderId = (table: TableDefinition): TableDefinition =>
    table.name === 'raw_orders'
      ? { ...table, clusteringKey: table.clusteringKey.map((column) => (column === 'offset' ? 'order_id' : column)) }
      : table;
  return {
    ...definition,
    eventRows: (events, shard, epoch) => definition.eventRows(events, shard, epoch).map((row) => ({ ...row, table: byOrderId(row.table) })),
  };
}

function pagesWithoutEpoch<E, S extends KeyState, P>(definition: FoldDefinition<E, S, P>): FoldDefinition<E, S, P> {
  return { ...definition, eventRows: (events, shard) => definition.eventRows(events, shard, 0) };
}

function ringInMemory<E, S extends KeyState, P>(definition: FoldDefinition<E, S, P>): FoldDefinition<E, S, P> {
  const load = async (tables: Tables, keys: readonly string[]) =>
    (await definition.load(tables, keys)).map((state) => ({ ...state, recent: [] }));
  return { ...definition, load };
}

function flipsAtOneVersion<E, S extends KeyState, P>(definition: FoldDefinition<E, S, P>): FoldDefinition<E, S, P> {
  const left = new Map<string, Set<string>>();
  return {
    ...definition,
    pin(pinned, nextOffset) {
      left.clear();
      return definition.pin(pinned, nextOffset);
    },
    tally(state, event, offset) {
      const tallied = definition.tally(state, event, offset);
      const key = (event as { user: string }).user;
      const [from, to] = tallied.kind === 'counted' ? tallied.touched : [];
      if (from !== undefined && to !== undefined) left.set(key, (left.get(key) ?? new Set()).add(from));
      return tallied;
    },
    memberRows(key, state, touched, shard) {
      const rows = definition.memberRows(key, state, touched, shard);
      const deletes = [...touched].flatMap((segment, index) => {
        const row = rows[index];
        return row?.kind === 'put' && left.get(key)?.has(segment)
          ? [{ kind: 'delete' as const, table: row.table, key: row.row, version: row.version }]
          : [];
      });
      left.delete(key);
      return [...rows, ...deletes];
    },
  };
}

function unversionedDeletes<E, S extends KeyState, P>(definition: FoldDefinition<E, S, P>): FoldDefinition<E, S, P> {
  const unversioned = (row: Mutation): Mutation => (row.kind === 'delete' ? { ...row, version: Number.MAX_SAFE_INTEGER } : row);
  return { ...definition, memberRows: (key, state, touched, shard) => definition.memberRows(key, state, touched, shard).map(unversioned) };
}
