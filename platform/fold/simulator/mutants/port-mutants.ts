/** Mutants of what the engine stands on: the tables' promises, and what a definition owes to it. */
import type { Mutation, TableDefinition } from '#platform/tables/tables.ts';
import type { FoldDefinition } from '../../definition.ts';
import { smallOrders } from '../small/orders.ts';
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
    pipeline: smallOrders,
    breaks: 'a commit does not look at next_offset: an earlier one of the same owner may come after it',
    tables: CommittedByEpochOnly,
  },
  { name: 'no-fence', pipeline: smallOrders, breaks: 'a commit looks at nothing', tables: CommittedAlways },
  {
    name: 'claim-by-epoch-only',
    pipeline: smallOrders,
    breaks: 'a claim does not look at next_offset: what it pins may begin below what is counted',
    tables: ClaimedByEpochOnly,
  },
  { name: 'no-versions', pipeline: smallOrders, breaks: 'the last write stands, whatever its version', tables: WithoutVersions },
  { name: 'forgetful-deletes', pipeline: smallOrders, breaks: 'a delete leaves no version behind', tables: ForgetfulDeletes },
  { name: 'unfrozen-lists', pipeline: smallOrders, breaks: 'a row written twice has its lists twice', tables: UnfrozenLists },
  { name: 'stale-user-reads', pipeline: smallOrders, breaks: "users' rows are not read at quorum", tables: StaleReads },
];

export const definitionMutants: readonly Mutant[] = [
  {
    name: 'raw-by-order-id',
    pipeline: smallOrders,
    breaks: 'raw orders are told apart by order_id, which many lack, not by offset',
    define: rawByOrderId,
  },
  {
    name: 'pages-without-epoch',
    pipeline: smallOrders,
    breaks: 'a page of the order log has no epoch in its key: one with fewer orders, written again, takes its place',
    define: pagesWithoutEpoch,
  },
  { name: 'ring-in-memory', pipeline: smallOrders, breaks: 'the last orders are not kept in the page', define: ringInMemory },
  {
    name: 'latest-in-memory',
    pipeline: smallOrders,
    breaks: 'the latest time of an order that left the last ones is not kept in the page',
    define: latestInMemory,
  },
  {
    name: 'flips-at-one-version',
    pipeline: smallOrders,
    breaks: 'every flip is a delete and a put of its own, all at the lsn of the row',
    define: flipsAtOneVersion,
  },
  {
    name: 'unversioned-deletes',
    pipeline: smallOrders,
    breaks: 'a delete has no version: it shadows all that is written later',
    define: unversionedDeletes,
  },
];

function rawByOrderId<E, S, P>(definition: FoldDefinition<E, S, P>): FoldDefinition<E, S, P> {
  const byOrderId = (table: TableDefinition): TableDefinition =>
    table.name === 'raw_orders'
      ? { ...table, clusteringKey: table.clusteringKey.map((column) => (column === 'offset' ? 'order_id' : column)) }
      : table;
  return {
    ...definition,
    eventRows: (events, shard, epoch) =>
      (definition.eventRows?.(events, shard, epoch) ?? []).map((row) => ({ ...row, table: byOrderId(row.table) })),
  };
}

function pagesWithoutEpoch<E, S, P>(definition: FoldDefinition<E, S, P>): FoldDefinition<E, S, P> {
  return { ...definition, eventRows: (events, shard) => definition.eventRows?.(events, shard, 0) ?? [] };
}

function ringInMemory<E, S, P>(definition: FoldDefinition<E, S, P>): FoldDefinition<E, S, P> {
  return { ...definition, decode: (value) => ({ ...definition.decode(value), recent: [] }) };
}

function latestInMemory<E, S, P>(definition: FoldDefinition<E, S, P>): FoldDefinition<E, S, P> {
  return { ...definition, decode: (value) => ({ ...definition.decode(value), left_ts: -1 }) };
}

function flipsAtOneVersion<E, S, P>(definition: FoldDefinition<E, S, P>): FoldDefinition<E, S, P> {
  const left = new Map<string, Set<string>>();
  return {
    ...definition,
    pin(pinned, nextOffset) {
      left.clear();
      return definition.pin(pinned, nextOffset);
    },
    fold(state, event, at, found) {
      const folded = definition.fold(state, event, at, found);
      const key = (event as { user: string }).user;
      const [from, to] = folded.outcome === 'repeated' ? [] : (folded.touched ?? []);
      if (from !== undefined && to !== undefined) left.set(key, (left.get(key) ?? new Set()).add(from));
      return folded;
    },
    memberRows(key, state, touched, at) {
      const rows = definition.memberRows?.(key, state, touched, at) ?? [];
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

function unversionedDeletes<E, S, P>(definition: FoldDefinition<E, S, P>): FoldDefinition<E, S, P> {
  const unversioned = (row: Mutation): Mutation => (row.kind === 'delete' ? { ...row, version: Number.MAX_SAFE_INTEGER } : row);
  return {
    ...definition,
    memberRows: (key, state, touched, at) => (definition.memberRows?.(key, state, touched, at) ?? []).map(unversioned),
  };
}
