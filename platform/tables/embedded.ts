/** The tables on SQLite, in a data directory. Tables are created when they are first used. */
import { setImmediate as othersTurn } from 'node:timers/promises';
import { readAtOnce } from '#platform/sqlite/database.ts';
import { checkIntegers } from '#platform/sqlite/integers.ts';
import { openStore, type Store } from '#platform/sqlite/store.ts';
import { mutationRuns } from './embedded-mutations.ts';
import type { Cells } from './embedded-rows.ts';
import { SMALL_WRITE_BYTES, type TablesReply, type TablesWrite } from './embedded-schema.ts';
import { ShardReads } from './embedded-shards.ts';
import { tableSql } from './embedded-sql.ts';
import { EmbeddedTable } from './embedded-table.ts';
import type { CommitReply, Mutation, Page, Row, ShardClaim, ShardCommit, ShardKey, ShardState, TableDefinition, Tables } from './tables.ts';
import { checkKey, checkLimit, checkMutations, checkTotals } from './values.ts';

// A read takes this thread without waiting for anything. One after the other they would leave no turn to the rest of the
// process, not even to the writer's answers: each lets the others go first.

/** Keys that are read before the rest of the process takes its turn. */
const GET_KEYS_MAX = 500;
/** Memory for the pages that are read, in KiB. */
const CACHE_KIB = 32 * 1024;

export interface EmbeddedTablesOptions {
  /** The data directory; created when it is missing. The log may live in it too. */
  readonly directory: string;
}

/**
 * Opens the tables of a data directory. Several processes may.
 * @throws Error when the directory or the database cannot be used
 */
export async function openEmbeddedTables({ directory }: EmbeddedTablesOptions): Promise<Tables> {
  const thread = new URL('./embedded-writer.ts', import.meta.url);
  return new EmbeddedTables(await openStore({ directory, file: 'tables.db', thread, cache_kib: CACHE_KIB }));
}

class EmbeddedTables implements Tables {
  readonly #store: Store<TablesWrite, TablesReply>;
  readonly #shards: ShardReads;
  readonly #tables = new Map<TableDefinition, EmbeddedTable>();

  constructor(store: Store<TablesWrite, TablesReply>) {
    this.#store = store;
    this.#shards = new ShardReads(store.reader);
  }

  get: Tables['get'] = async (definition, keys) => {
    for (const key of keys) checkKey(definition, key);
    const table = await this.#table(definition);
    const rows: (Cells | undefined)[] = [];
    for (let start = 0; start < keys.length; start += GET_KEYS_MAX) {
      await othersTurn();
      rows.push(...table.get(keys.slice(start, start + GET_KEYS_MAX)));
    }
    return rows as readonly (Row<typeof definition> | undefined)[];
  };

  page: Tables['page'] = async (definition, request) => {
    checkLimit(request.limit);
    const table = await this.#table(definition);
    await othersTurn();
    return table.page(request) as Page<typeof definition>;
  };

  async write(mutations: readonly Mutation[]): Promise<void> {
    checkMutations(mutations);
    if (mutations.length === 0) return;
    for (const { table } of mutations) if (!this.#tables.has(table)) await this.#table(table);
    const { runs, bytes } = mutationRuns(mutations, (definition) => this.#tables.get(definition) as EmbeddedTable);
    await this.#store.writer.send({ kind: 'rows', runs }, bytes);
  }

  async readShard(shard: ShardKey, periods: readonly string[] | 'every', consistency: 'serial' | 'quorum'): Promise<ShardState> {
    if (consistency === 'quorum') {
      await othersTurn();
      return readAtOnce(this.#store.reader, () => this.#shards.read(shard, periods));
    }
    // In turn with the writes: whatever was sent before, also what nobody waits for any more, is settled then.
    const reply = await this.#store.writer.send({ kind: 'read-shard', shard, periods }, SMALL_WRITE_BYTES);
    if (reply.kind !== 'shard') throw new Error(`the writer answered ${reply.kind} to a read of a shard`);
    return reply.state;
  }

  async claimShard(shard: ShardKey, claim: ShardClaim): Promise<CommitReply> {
    checkIntegers(`shard ${shard.shard} of ${shard.fold}`, [shard.shard]);
    return this.#compared({ kind: 'claim', shard, claim }, SMALL_WRITE_BYTES);
  }

  async commitShard(shard: ShardKey, commit: ShardCommit): Promise<CommitReply> {
    checkTotals(commit.totals);
    checkIntegers(`shard ${shard.shard} of ${shard.fold}`, [shard.shard, commit.next]);
    return this.#compared({ kind: 'commit', shard, commit }, SMALL_WRITE_BYTES * (1 + commit.totals.length));
  }

  async check(): Promise<void> {
    await this.#store.writer.check();
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #compared(write: TablesWrite, bytes: number): Promise<CommitReply> {
    const reply = await this.#store.writer.send(write, bytes);
    if (reply.kind !== 'compared') throw new Error(`the writer answered ${reply.kind} to a compare-and-set`);
    return reply.reply;
  }

  /** The table of a definition, created when it is missing. @throws Error when it was created from another definition */
  async #table(definition: TableDefinition): Promise<EmbeddedTable> {
    if (!this.#store.reader.isOpen) throw new Error(`${this.#store.path} is closed`);
    const known = this.#tables.get(definition);
    if (known) return known;
    const { create } = tableSql(definition);
    if (this.#storedSql(definition) === undefined) {
      await this.#store.writer.send({ kind: 'create', table: definition.name, sql: create }, SMALL_WRITE_BYTES);
    }
    if (this.#storedSql(definition) !== create) {
      throw new Error(
        `${this.#store.path}: table ${definition.name} has other columns than this program's; it needs a data directory of its own`,
      );
    }
    const table = new EmbeddedTable(this.#store.reader, definition);
    this.#tables.set(definition, table);
    return table;
  }

  #storedSql({ name }: TableDefinition): string | undefined {
    const row = this.#store.reader.prepare("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name);
    return row === undefined ? undefined : String(row.sql);
  }
}
