/** Every row of a partition, page by page, without holding up whatever else the process does. */
import type { Clock } from '#platform/clock/clock.ts';
import type { Page, Row } from '#platform/tables/tables.ts';

/** Rows of one page. A page of the embedded tables holds the process up for a few milliseconds. */
export const PAGE_ROWS = 2_000;

/**
 * @param read reads one page, of at most `PAGE_ROWS` rows, behind the cursor
 * @throws the signal's reason when it is aborted between two pages
 */
export async function* everyRow<T>(
  read: (cursor: { readonly cursor?: string }) => Promise<Page<T>>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): AsyncGenerator<Row<T>, void, undefined> {
  let cursor: { readonly cursor?: string } = {};
  for (;;) {
    const page: Page<T> = await read(cursor);
    yield* page.rows;
    if (page.cursor === undefined) return;
    cursor = { cursor: page.cursor };
    await clock.sleep(0, signal);
    signal.throwIfAborted();
  }
}
