/** A user's orders as the API lists them: from the pages of raw_orders, the last counted first. */
import { z } from 'zod';
import { earlierThan, type LoggedOrder } from '../order-pages.ts';
import { rawOrders } from '../tables.ts';
import { badCursor, type ReadTables } from './read-tables.ts';

/** Rows of the first read: a row holds one order of a user who orders now and then, up to a hundred of one who never stops. */
const FIRST_ROWS = 10;
/** Rows of any read: those that follow may hold far more than those seen so far, at worst 200 kB each. */
const ROWS_MAX = 100;

export interface UserOrders {
  readonly orders: readonly LoggedOrder[];
  /** Asks for the orders before these. Absent on the last page. */
  readonly cursor?: string;
}

/** Where a list goes on: below an offset, in the rows behind a cursor of the table, some of which were read already. */
const placeSchema = z.strictObject({ user_id: z.string(), below: z.int().min(0), from: z.string().optional() });
type Place = z.infer<typeof placeSchema>;

/**
 * One page of a user's orders, `limit` at the most.
 * @throws HttpProblem: 422 for a cursor of another list, 503 where the tables do not answer
 */
export async function userOrders(
  tables: ReadTables,
  user: { readonly bucket: number; readonly user_id: string },
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<UserOrders> {
  const { user_id } = user;
  let { below, from } = cursor === undefined ? { below: Number.MAX_SAFE_INTEGER } : decodePlace(cursor, user_id);
  const orders: LoggedOrder[] = [];
  let rows = Math.min(FIRST_ROWS, limit);
  let rowsRead = 0;
  for (;;) {
    const page = await tables.page(rawOrders, { within: user, limit: rows, ...(from === undefined ? {} : { cursor: from }) });
    const found = earlierThan(below, page.rows);
    const taken = found.slice(0, limit - orders.length);
    orders.push(...taken);
    below = taken.at(-1)?.offset ?? below;
    if (taken.length < found.length) return { orders, cursor: encodePlace({ user_id, below, from }) };
    if (page.cursor === undefined) return { orders };
    from = page.cursor;
    const missing = limit - orders.length;
    if (missing === 0) return { orders, cursor: encodePlace({ user_id, below, from }) };
    rowsRead += page.rows.length;
    rows = Math.min(ROWS_MAX, missing, Math.ceil((missing * rowsRead) / orders.length));
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
