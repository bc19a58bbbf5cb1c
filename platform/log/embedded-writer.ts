/** The thread that writes the embedded log. */
import { dirname } from 'node:path';
import { ensureLayout } from '#platform/sqlite/database.ts';
import { runWriterThread } from '#platform/sqlite/writer-thread.ts';
import type { LogReply, LogWrite } from './embedded-schema.ts';
import { layout, layout_version } from './embedded-schema.ts';
import { logWrites } from './embedded-writes.ts';

/** Appends touch the ends of partitions only, so that few pages serve. */
const cache_kib = 8 * 1024;

runWriterThread<LogWrite, LogReply>(cache_kib, (database, path) => {
  ensureLayout(database, layout_version, layout);
  return logWrites(database, dirname(path));
});
