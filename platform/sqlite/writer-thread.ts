/** The thread's side of a writer: owns the connection that writes, and makes each turn one durable transaction. */
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { explained, openDatabase } from './database.ts';
import type { WriterAnswer, WriterData, WriterRequest } from './writer-messages.ts';

/** Answers one message within the transaction of its turn. What it throws undoes the whole turn: a refusal is a reply. */
export type Handle<Message, Reply> = (message: Message) => Reply;

/**
 * Runs in a worker thread: opens the database, then serves turns until it is told to end.
 * @param cache_kib memory for pages
 * @param prepare makes the tables that are missing, and gives what answers messages
 */
export function runWriterThread<Message, Reply>(
  cache_kib: number,
  prepare: (database: DatabaseSync, path: string) => Handle<Message, Reply>,
): void {
  const port = parentPort;
  if (port === null) throw new Error('a writer runs in a worker thread');
  const { path } = workerData as WriterData;
  const answer = (message: WriterAnswer<Reply>): void => port.postMessage(message);

  let opened: { readonly database: DatabaseSync; readonly handle: Handle<Message, Reply> };
  try {
    opened = openedAt(path, cache_kib, prepare);
  } catch (error) {
    answer({ kind: 'failed', reason: reasonOf(error) });
    return;
  }
  const { database, handle } = opened;
  port.on('message', (request: WriterRequest<Message>) => {
    if (request.kind === 'end') {
      database.close();
      port.close();
      return;
    }
    try {
      const replies = explained(path, () =>
        request.kind === 'probe' ? probe(database, request.bytes) : inTransaction(database, () => request.messages.map(handle)),
      );
      answer({ kind: 'done', replies });
    } catch (error) {
      answer({ kind: 'failed', reason: reasonOf(error) });
    }
  });
  answer({ kind: 'ready' });
}

function openedAt<Message, Reply>(
  path: string,
  cache_kib: number,
  prepare: (database: DatabaseSync, path: string) => Handle<Message, Reply>,
): { readonly database: DatabaseSync; readonly handle: Handle<Message, Reply> } {
  const database = openDatabase(path, { readOnly: false, cache_kib });
  try {
    return { database, handle: explained(path, () => prepare(database, path)) };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The lock for writing is taken first: whatever is read in the transaction still holds when it commits, in all processes. */
function inTransaction<T>(database: DatabaseSync, run: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = run();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/**
 * Whether the database takes `bytes` more; 0 asks only whether it can be locked for writing. What is written is committed
 * before it is removed: within one transaction none of it would reach the disk. A table that a killed process left is
 * removed by the next probe, and in nobody's way until then.
 */
function probe(database: DatabaseSync, bytes: number): readonly never[] {
  inTransaction(database, () => {
    if (bytes === 0) return;
    database.exec('DROP TABLE IF EXISTS writer_probe; CREATE TABLE writer_probe (zeros BLOB NOT NULL) STRICT');
    database.prepare('INSERT INTO writer_probe VALUES (zeroblob(?))').run(bytes);
  });
  if (bytes > 0) inTransaction(database, () => database.exec('DROP TABLE IF EXISTS writer_probe'));
  return [];
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
