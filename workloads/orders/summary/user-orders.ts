/** A user's orders as the API lists them, the last counted first: from the user's row, then from the pages of raw_orders. */
import { z } from 'zod';
import { earlierThan, ordersOfUserPage } from '../order-pages.ts';
import { rawOrders } from '../tables.ts';
import { USER_PAGE_ORDERS_MAX, USER_PAGE_ORDERS_MIN, type UserOrder } from '../tally.ts';
import type { StoredUser } from '../user-row.ts';
import { badCursor, type ReadTables } from './read-tables.ts';

/** Pages read at once, at the most, where all that were read before hold later orders than are asked for: the user has gone on ordering. */
const SKIPPED_PAGES_MAX = 100;
/** Times as many pages as before are read at once, at the most: they may hold more orders than those before. */
const GROWTH_MAX = 4;

export interface UserOrders {
  readonly orders: readonly UserOrder[];
  /** Asks for the orders before these. Absent on the last page. */
  readonly cursor?: string;
}

/** Where a list goes on: below an offset, in the pages behind a cursor of the table; without one, in the user's row. */
const placeSchema = z.strictObject({ user_id: z.string(), below: z.int().min(0), from: z.string().optional() });
type Place = z.infer<typeof placeSchema>;

/** Orders read at once, and where to read on: behind a cursor of the table, or, without one, with its first page. */
interface Reading {
  readonly found: readonly UserOrder[];
  /** The pages read, in their order; none where it was the user's row. */
  readonly pages: readonly (readonly UserOrder[])[];
  readonly isEnd: boolean;
  readonly next: string | undefined;
}

/**
 * One page of a user's orders, `limit` at the most. The user's row is read before: what it lacks is on the pages.
 * @throws HttpProblem: 422 for a cursor of another list, 503 where the tables do not answer
 */
export async function userOrders(
  tables: ReadTables,
  key: { readonly bucket: number; readonly user_id: string },
  user: Pick<StoredUser, 'counts' | 'recent'>,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<UserOrders> {
  const { user_id } = key;
  let { below, from } = cursor === undefined ? { below: Number.MAX_SAFE_INTEGER } : decodePlace(cursor, user_id);
  const orders: UserOrder[] = [];
  let reading = from === undefined ? inRow() : await onPages(rowsAfter([]));
  for (;;) {
    const taken = reading.found.slice(0, limit - orders.length);
    orders.push(...taken);
    below = taken.at(-1)?.[0] ?? below;
    if (taken.length < reading.found.length) {
      const listed = reading.pages.filter(([first]) => first !== undefined && first[0] >= below).length;
      if (listed > 0) from = (await onPages(listed)).next;
      return { orders, cursor: encodePlace({ user_id, below, from }) };
    }
    if (reading.isEnd) return { orders };
    from = reading.next;
    if (orders.length === limit) return { orders, cursor: encodePlace({ user_id, below, from }) };
    const { found, pages } = reading;
    const isSkipped = pages.length > 0 && found.length === 0;
    reading = await onPages(isSkipped ? Math.min(2 * pages.length, SKIPPED_PAGES_MAX) : rowsAfter(pages));
  }

  /**
   * So many pages as what is still to be listed fills, if the next ones hold as many orders as those before, or, where none was
   * read, as many as a page can. The last page, of which not all is listed, is read by itself: the cursor stands before it.
   */
  function rowsAfter(pages: readonly (readonly UserOrder[])[]): number {
    const held = pages.length === 0 ? USER_PAGE_ORDERS_MAX : Math.max(USER_PAGE_ORDERS_MIN, pages.flat().length / pages.length);
    const rows = Math.max(1, Math.floor((limit - orders.length) / held));
    return pages.length === 0 ? rows : Math.min(rows, GROWTH_MAX * pages.length);
  }

  function inRow(): Reading {
    const counted = Object.values(user.counts).reduce((sum, count) => sum + count, 0);
    return { found: earlierThan(below, [user.recent]), pages: [], isEnd: user.recent.length === counted, next: undefined };
  }

  async function onPages(rows: number): Promise<Reading> {
    const page = await tables.page(rawOrders, { within: key, limit: rows, ...(from === undefined ? {} : { cursor: from }) });
    const pages = page.rows.map(ordersOfUserPage);
    return { found: earlierThan(below, pages), pages, isEnd: page.cursor === undefined, next: page.cursor };
  }
}

function encodePlace(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function decodePlace(cursor: string, user_id: string): Place {
  try {
    const place = placeSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    if (place.user_id === user_id) return place;
  } catch {
    throw badCursor();
  }
  throw badCursor();
}
