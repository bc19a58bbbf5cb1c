/**
 * Shards in Cassandra: one partition each, of which epoch, next_offset and fingerprint are static columns. Claims and
 * commits are lightweight transactions.
 */
import type { QueryOptions, types } from 'cassandra-driver';
import { type CassandraConsistency, quoted, serialConsistencyOf } from './cassandra-client.ts';
import type { Requests } from './cassandra-requests.ts';
import { safeInteger } from './cassandra-statements.ts';
import type { CommitReply, ShardClaim, ShardCommit, ShardKey, ShardState, TotalRow } from './tables.ts';
import { checkTotals } from './values.ts';

/** Rows in one answer: more than ten years of days and several names. */
const FETCH_ROWS_MAX = 50_000;
const PERIODS_MAX = 100;
/** Reads that found the shard changed between two answers, before giving up. */
const ATTEMPTS_MAX = 5;

export interface Shards {
  read(shard: ShardKey, periods: readonly string[] | 'every', consistency: 'serial' | 'quorum'): Promise<ShardState>;
  claim(shard: ShardKey, claim: ShardClaim): Promise<CommitReply>;
  commit(shard: ShardKey, commit: ShardCommit): Promise<CommitReply>;
  /** Reads a shard that nobody has, to see that the keyspace is there and a quorum answers. */
  check(): Promise<void>;
}

/** The shards in `shard_totals` of a keyspace. Whatever rejects may have been applied, as the port says. */
export function cassandraShards(requests: Requests, keyspace: string, consistency: CassandraConsistency): Shards {
  const table = `${quoted(keyspace)}."shard_totals"`;
  const select = `SELECT period, name, figures, epoch, next_offset, fingerprint FROM ${table} WHERE fold = ? AND shard = ?`;
  const takeOver = `UPDATE ${table} SET epoch = ?, next_offset = ?, fingerprint = ? WHERE fold = ? AND shard = ? IF epoch = ? AND next_offset = ?`;
  const advance = `UPDATE ${table} SET next_offset = ? WHERE fold = ? AND shard = ? IF epoch = ? AND next_offset = ?`;
  const carry = `INSERT INTO ${table} (fold, shard, period, name) VALUES (?, ?, '', '')`;
  const setTotal = `INSERT INTO ${table} (fold, shard, period, name, figures) VALUES (?, ?, ?, ?, ?)`;
  const serialConsistency = serialConsistencyOf(consistency);

  async function compareAndSet(statements: { query: string; params: unknown[] }[]): Promise<CommitReply> {
    const result = await requests.compareAndSet(statements);
    if (result.wasApplied()) return { applied: true };
    const standing = result.first();
    return { applied: false, epoch: integer(standing?.epoch), nextOffset: integer(standing?.next_offset) };
  }

  /** Every row of the answers, or undefined when a claim or commit came in between them. */
  async function readOnce(
    shard: ShardKey,
    groups: readonly (readonly string[])[] | 'every',
    options: QueryOptions,
  ): Promise<types.Row[] | undefined> {
    const rows: types.Row[] = [];
    for (const periods of groups === 'every' ? [undefined] : groups) {
      const query = periods === undefined ? select : `${select} AND period IN ?`;
      let pageState: string | undefined;
      do {
        const params = [shard.fold, shard.shard, ...(periods === undefined ? [] : [['', ...periods]])];
        const result = await requests.query(query, params, { ...options, ...(pageState === undefined ? {} : { pageState }) });
        rows.push(...result.rows);
        pageState = result.pageState;
      } while (pageState);
    }
    const [first] = rows;
    return rows.every((row) => integer(row.epoch) === integer(first?.epoch) && integer(row.next_offset) === integer(first?.next_offset))
      ? rows
      : undefined;
  }

  return {
    async read(shard, periods, wanted) {
      const groups = periods === 'every' ? periods : groupsOf(periods);
      const options = { fetchSize: FETCH_ROWS_MAX, ...(wanted === 'serial' ? { consistency: serialConsistency } : {}) };
      for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
        const rows = await readOnce(shard, groups, options);
        if (rows !== undefined) return stateOf(rows);
      }
      throw new Error(`shard ${shard.shard} of ${shard.fold} changed during each of ${ATTEMPTS_MAX} reads`);
    },
    claim(shard, { epoch, nextOffset, fingerprint }) {
      // Of a shard that was never claimed nothing stands, which is not the same as 0.
      const standing = epoch === 0 && nextOffset === 0 ? [null, null] : [epoch, nextOffset];
      return compareAndSet([
        { query: takeOver, params: [epoch + 1, nextOffset, fingerprint, shard.fold, shard.shard, ...standing] },
        // The row that carries the static columns into every read.
        { query: carry, params: [shard.fold, shard.shard] },
      ]);
    },
    async commit(shard, { epoch, base, next, totals }) {
      checkTotals(totals);
      return compareAndSet([
        { query: advance, params: [next, shard.fold, shard.shard, epoch, base] },
        ...totals.map(({ period, name, figures }) => ({
          query: setTotal,
          params: [shard.fold, shard.shard, period, name, new Map(Object.entries(figures))],
        })),
      ]);
    },
    async check() {
      await requests.query(select, ['', 0]);
    },
  };
}

function integer(value: types.Long | null | undefined): number {
  return value === null || value === undefined ? 0 : safeInteger(value);
}

function stateOf(rows: readonly types.Row[]): ShardState {
  const [first] = rows;
  if (first === undefined) return { epoch: 0, nextOffset: 0, fingerprint: null, totals: [] };
  const totals = rows
    .filter((row) => row.period !== '')
    .map((row): TotalRow => ({ period: row.period, name: row.name, figures: figuresOf(row.figures) }));
  return { epoch: integer(first.epoch), nextOffset: integer(first.next_offset), fingerprint: first.fingerprint, totals };
}

function figuresOf(figures: ReadonlyMap<string, types.Long>): TotalRow['figures'] {
  return Object.fromEntries([...figures].map(([measure, figure]) => [measure, safeInteger(figure)]));
}

function groupsOf(periods: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [[]];
  for (const period of new Set(periods)) {
    if ((groups.at(-1) as string[]).length === PERIODS_MAX) groups.push([]);
    groups.at(-1)?.push(period);
  }
  return groups;
}
