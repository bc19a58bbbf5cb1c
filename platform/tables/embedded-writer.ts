/** The thread that writes the embedded tables. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ensureLayout } from '#platform/sqlite/database.ts';
import { runWriterThread } from '#platform/sqlite/writer-thread.ts';
import { LAYOUT, LAYOUT_VERSION, type Runs, type TablesReply, type TablesWrite } from './embedded-schema.ts';
import { ShardWrites } from './embedded-shards.ts';

/** Rows that change again soon should be here still; the operating system caches the rest. */
const CACHE_KIB = 64 * 1024;

runWriterThread<TablesWrite, TablesReply>(CACHE_KIB, (database) => {
  ensureLayout(database, LAYOUT_VERSION, LAYOUT);
  return tableWrites(database);
});

function tableWrites(database: DatabaseSync): (write: TablesWrite) => TablesReply {
  const shards = new ShardWrites(database);
  // Two statements a table definition: as many as there are in the program.
  const statements = new Map<string, StatementSync>();
  const findTable = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");

  function runAll({ sql, width, values }: Runs): void {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    for (let start = 0; start < values.length; start += width) statement.run(...values.slice(start, start + width));
  }

  return function write(request: TablesWrite): TablesReply {
    switch (request.kind) {
      case 'rows':
        for (const runs of request.runs) runAll(runs);
        return { kind: 'done' };
      case 'create':
        if (findTable.get(request.table) === undefined) database.exec(request.sql);
        return { kind: 'done' };
      case 'claim':
        return { kind: 'compared', reply: shards.claim(request.shard, request.claim) };
      case 'commit':
        return { kind: 'compared', reply: shards.commit(request.shard, request.commit) };
      case 'read-shard':
        return { kind: 'shard', state: shards.read(request.shard, request.periods) };
    }
  };
}
