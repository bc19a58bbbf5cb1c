/** Shards in SQLite. Each function runs within its caller's transaction. */
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { CommitReply, ShardClaim, ShardCommit, ShardKey, ShardState, TotalRow } from './tables.ts';

/** Reads shards; one transaction around a call makes it one instant. */
export class ShardReads {
  readonly #shard: StatementSync;
  readonly #period: StatementSync;
  readonly #every: StatementSync;

  constructor(database: DatabaseSync) {
    const totals = 'SELECT period, name, figures FROM _shard_totals WHERE fold = ? AND shard = ?';
    this.#shard = database.prepare('SELECT epoch, next_offset, fingerprint FROM _shards WHERE fold = ? AND shard = ?');
    this.#period = database.prepare(`${totals} AND period = ?`);
    this.#every = database.prepare(totals);
  }

  read({ fold, shard }: ShardKey, periods: readonly string[] | 'every'): ShardState {
    const row = this.#shard.get(fold, shard);
    if (row === undefined) return { epoch: 0, nextOffset: 0, fingerprint: null, totals: [] };
    const totals =
      periods === 'every' ? this.#every.all(fold, shard) : [...new Set(periods)].flatMap((period) => this.#period.all(fold, shard, period));
    return {
      epoch: Number(row.epoch),
      nextOffset: Number(row.next_offset),
      fingerprint: String(row.fingerprint),
      totals: totals.map(totalOf),
    };
  }
}

function totalOf(row: Record<string, SQLOutputValue>): TotalRow {
  return { period: String(row.period), name: String(row.name), figures: JSON.parse(String(row.figures)) as TotalRow['figures'] };
}

/** Changes shards by compare-and-set. */
export class ShardWrites {
  readonly #reads: ShardReads;
  readonly #claim: StatementSync;
  readonly #commit: StatementSync;
  readonly #total: StatementSync;

  constructor(database: DatabaseSync) {
    this.#reads = new ShardReads(database);
    this.#claim = database.prepare(`
      INSERT INTO _shards (fold, shard, epoch, next_offset, fingerprint) VALUES (?, ?, 1, 0, ?)
      ON CONFLICT DO UPDATE SET epoch = epoch + 1, fingerprint = excluded.fingerprint`);
    this.#commit = database.prepare('UPDATE _shards SET next_offset = ? WHERE fold = ? AND shard = ?');
    this.#total = database.prepare(`
      INSERT INTO _shard_totals (fold, shard, period, name, figures) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET figures = excluded.figures`);
  }

  read(key: ShardKey, periods: readonly string[] | 'every'): ShardState {
    return this.#reads.read(key, periods);
  }

  claim(key: ShardKey, claim: ShardClaim): CommitReply {
    const { epoch, nextOffset } = this.#reads.read(key, []);
    if (epoch !== claim.epoch || nextOffset !== claim.nextOffset) return { applied: false, epoch, nextOffset };
    this.#claim.run(key.fold, key.shard, claim.fingerprint);
    return { applied: true };
  }

  commit(key: ShardKey, commit: ShardCommit): CommitReply {
    const { epoch, nextOffset } = this.#reads.read(key, []);
    if (epoch === 0 || epoch !== commit.epoch || nextOffset !== commit.base) return { applied: false, epoch, nextOffset };
    this.#commit.run(commit.next, key.fold, key.shard);
    for (const { period, name, figures } of commit.totals) this.#total.run(key.fold, key.shard, period, name, JSON.stringify(figures));
    return { applied: true };
  }
}
