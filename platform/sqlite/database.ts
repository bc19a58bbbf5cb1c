/** How a SQLite database of the data directory is opened, and what its failures mean to an operator. */
import { DatabaseSync } from 'node:sqlite';

/** How long a call waits for another process that is writing, in milliseconds. */
const BUSY_MS_MAX = 5_000;
/** Pages as large as a busy user's row: 4 KiB pages spill such rows, larger ones write more for each small row (decision 3). */
const PAGE_BYTES = 8_192;
/** Pages in the write-ahead log before they are moved into the database: 32 MiB, in which a page written often counts once. */
const CHECKPOINT_PAGES = 4_096;

export interface DatabaseOptions {
  readonly readOnly: boolean;
  /** Memory for pages, in KiB. The operating system caches the file besides. */
  readonly cache_kib: number;
}

/**
 * Opens (or creates) a database in WAL mode, whose commits survive the loss of power: readers and one writer at a time,
 * from any number of processes, none of them waiting for readers.
 * @throws Error saying what is wrong with the file
 */
export function openDatabase(path: string, options: DatabaseOptions): DatabaseSync {
  return explained(path, () => {
    const database = new DatabaseSync(path, { readOnly: options.readOnly, timeout: BUSY_MS_MAX });
    try {
      database.exec(`PRAGMA cache_size = -${options.cache_kib}`);
      if (!options.readOnly) {
        database.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
        database.exec('PRAGMA journal_mode = WAL');
        database.exec('PRAGMA synchronous = FULL');
        database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
        database.exec(`PRAGMA journal_size_limit = ${CHECKPOINT_PAGES * PAGE_BYTES}`);
      }
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/**
 * Runs `create` on a database that is new, and refuses one that another version of the program has made.
 * `version` is that of the layout, and is stored in the file.
 */
export function ensureLayout(database: DatabaseSync, version: number, create: string): void {
  const layout = () => database.prepare('PRAGMA user_version').get()?.user_version;
  if (layout() === version) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    const found = layout();
    if (found === 0) database.exec(`${create}; PRAGMA user_version = ${version}`);
    else if (found !== version) throw new Error(`its layout has version ${found}; this program reads version ${version}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Runs `read` with everything in it seen as of one instant. */
export function readAtOnce<T>(database: DatabaseSync, read: () => T): T {
  database.exec('BEGIN');
  try {
    return read();
  } finally {
    database.exec('COMMIT');
  }
}

/** Runs `use`; what it throws names the file, and what can be done about it. */
export function explained<T>(path: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw new Error(`${path}: ${explanationOf(error)}`, { cause: error });
  }
}

/** SQLite's primary result codes (sqlite.org/rescode.html) that an operator meets. */
const EXPLANATIONS: Readonly<Record<number, string>> = {
  5: `another process has been writing to it for more than ${BUSY_MS_MAX / 1_000} s`,
  8: 'it, or its directory, cannot be written to: check the permissions',
  10: 'the disk answers with errors, or a limit on the size of files is reached',
  11: 'it is damaged; put back a copy of the data directory, or move it away to start afresh',
  13: 'the disk is full',
  14: 'it cannot be opened: check that its directory exists and can be written to',
  26: 'it is damaged, or no database at all; put back a copy of the data directory, or move it away to start afresh',
};

function explanationOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0;
  const explanation = EXPLANATIONS[code];
  return explanation === undefined ? message : `${explanation} (${message})`;
}
