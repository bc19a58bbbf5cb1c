/** A database of the data directory, as an adapter holds it: reads on this thread, writes on another one. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
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
  mkdirSync(directory, { recursive: true });
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
