/** A database of the data directory, as an adapter holds it: reads on this thread, writes on another one. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabase } from './database.ts';
import { Writer } from './writer.ts';

export interface Store<Message, Reply> {
  readonly path: string;
  readonly reader: DatabaseSync;
  readonly writer: Writer<Message, Reply>;
  /** Waits for the writes under way. Safe to call twice. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /** The data directory; created when it is missing. */
  readonly directory: string;
  readonly file: string;
  /** The module that calls `runWriterThread`. */
  readonly thread: URL;
  /** Memory for the pages that are read, in KiB. */
  readonly cache_kib: number;
}

/** @throws Error when the directory or the database cannot be used */
export async function openStore<Message, Reply>({ directory, file, thread, cache_kib }: StoreOptions): Promise<Store<Message, Reply>> {
  makeDirectory(directory);
  const path = join(directory, file);
  const writer = await Writer.open<Message, Reply>(thread, path);
  let reader: DatabaseSync;
  try {
    reader = openDatabase(path, { readOnly: true, cache_kib });
  } catch (error) {
    await writer.close();
    throw error;
  }
  return {
    path,
    reader,
    writer,
    close() {
      // The writer last: only it may move what is in the write-ahead log into the database, and leave one file behind.
      if (reader.isOpen) reader.close();
      return writer.close();
    },
  };
}

/**
 * Makes the directory, and those above it that are missing. One by one: where a file system takes no new directory and says
 * that the one above is missing, as /proc does, Node's own `recursive` tries for ever.
 */
function makeDirectory(directory: string): void {
  const missing: string[] = [];
  for (let path = resolve(directory); !existsSync(path); path = dirname(path)) missing.push(path);
  for (const path of missing.toReversed()) {
    try {
      mkdirSync(path);
    } catch (error) {
      // Another process may have made it at the same moment.
      if (existsSync(path)) continue;
      throw new Error(`${directory}: it cannot be made (${error instanceof Error ? error.message : String(error)})`, { cause: error });
    }
  }
  if (!statSync(directory).isDirectory()) throw new Error(`${directory}: it is no directory`);
}
