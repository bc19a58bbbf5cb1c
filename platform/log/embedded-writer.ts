/** The thread that writes the embedded log. */
import { dirname } from 'node:path';
import { ensureLayout } from '#platform/sqlite/database.ts';
import { runWriterThread } from '#platform/sqlite/writer-thread.ts';
import type { LogReply, LogWrite } from './embedded-schema.ts';
import { LAYOUT, LAYOUT_VERSION } from './embedded-schema.ts';
import { logWrites } from './embedded-writes.ts';

/** Appends touch the ends of partitions only, so that few pages serve. */
const CACHE_KIB = 8 * 1024;

runWriterThread<LogWrite, LogReply>(CACHE_KIB, (database, path) => {
  ensureLayout(database, LAYOUT_VERSION, LAYOUT);
  return logWrites(database, dirname(path));
});
