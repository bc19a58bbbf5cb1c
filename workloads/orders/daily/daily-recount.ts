/** Counts the orders of days once more, from the order log. Memory is bounded: some pages, the offsets of one chunk, and the counts. */
import type { Clock } from '#platform/clock/clock.ts';
import type { DayCutter } from '#platform/clock/day.ts';
import type { Tables } from '#platform/tables/tables.ts';
import { ordersOfLogPage } from '../order-pages.ts';
import { CHUNK_OFFSETS, dayChunks, orderLog } from '../tables.ts';
import { addTo, type Counts, type ShardSnapshot } from './daily-snapshot.ts';
import { everyRow, PAGE_ROWS } from './every-row.ts';

/** Pages of the order log read at once: about as many orders as rows of another table. */
const PAGES = 20;

export interface Recounting {
  readonly tables: Tables;
  readonly clock: Clock;
  readonly cutter: DayCutter;
  /** Aborted, the recount rejects. */
  readonly signal: AbortSignal;
}

/** The orders of the days in one shard below the snapshot's next_offset, by day and menu type. */
export async function recount(recounting: Recounting, snapshot: ShardSnapshot, days: ReadonlySet<string>): Promise<Counts> {
  const { tables, cutter } = recounting;
  const { shard, nextOffset } = snapshot;
  const counts = new Map<string, Map<string, number>>();
  const chunks = new Set<number>();
  for (const day of days) {
    const pages = everyRow((cursor) => tables.page(dayChunks, { within: { day, shard }, limit: PAGE_ROWS, ...cursor }), recounting);
    for await (const { chunk } of pages) chunks.add(chunk);
  }
  const isCounted = new Uint8Array(CHUNK_OFFSETS);
  for (const chunk of chunks) {
    const first = chunk * CHUNK_OFFSETS;
    if (first >= nextOffset) continue;
    isCounted.fill(0);
    const pages = everyRow((cursor) => tables.page(orderLog, { within: { shard, chunk }, limit: PAGES, ...cursor }), recounting);
    for await (const page of pages) {
      if (page.offset >= nextOffset) break;
      for (const { offset, ts, menu_type } of ordersOfLogPage(page)) {
        // After a crash the same order stands on another page too.
        if (offset >= nextOffset || isCounted[offset - first]) continue;
        isCounted[offset - first] = 1;
        const day = cutter.dayOf(ts);
        if (days.has(day)) addTo(counts, day, menu_type, 1);
      }
    }
  }
  return counts;
}
