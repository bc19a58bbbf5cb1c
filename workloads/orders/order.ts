/** The event: one order, as it arrives over HTTP and as it stands in the log. */
import { z } from 'zod';
import { type FieldProblem, fieldProblems } from '#platform/words/field-problems.ts';
import { plainWords } from '#platform/words/plain-words.ts';
import type { Menu } from './menu.ts';

/** Bytes of UTF-8 that a user id or an order id may have. */
const ID_BYTES_MAX = 128;
/** How far ahead of the server's clock a timestamp may lie. */
const AHEAD_MS_MAX = 24 * 60 * 60_000;
/** Later, the day of an order could be one of the year 10000, which no table of days takes. */
const TIMESTAMP_MS_END = Date.UTC(9999, 11, 31);
/** In the Gregorian calendar; those of whole centuries by the century. */
const LEAP_YEAR = '(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
/** Of every year. */
const MONTH_AND_DAY = '(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))';
const HOURS_AND_MINUTES = '(?:[01]\\d|2[0-3]):[0-5]\\d';
/** RFC 3339, section 5.6, in which T and Z may be lower case; no leap seconds, which Date does not know. */
const TIMESTAMP = new RegExp(
  `^(?:${LEAP_YEAR}-02-29|\\d{4}-${MONTH_AND_DAY})[Tt]${HOURS_AND_MINUTES}:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-]${HOURS_AND_MINUTES})$`,
);
const WRONG_TIMESTAMP = 'must be an RFC 3339 date and time such as 2025-05-30T12:00:00Z';

const id = z
  .string()
  .min(1, 'must not be empty')
  .refine(
    (text) => text.length <= ID_BYTES_MAX && Buffer.byteLength(text) <= ID_BYTES_MAX,
    `must be at most ${ID_BYTES_MAX} bytes of UTF-8`,
  )
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');

/** Whether an order may have this user id. */
export function isUserId(text: string): boolean {
  return id.safeParse(text).success;
}

/** An order as a client sends it (`POST /api/log`). */
export const orderSchema = z
  .object({
    order_id: id
      .nullish()
      .describe(
        'The client’s own name for this order. Sent again with the same timestamp, it is counted once. Without it, user_id, timestamp and menu_type identify the order.',
      ),
    user_id: id.describe('Who ordered. 1 to 128 bytes of UTF-8.'),
    timestamp: z
      .string({ error: ({ input }) => (input === undefined ? 'is missing' : WRONG_TIMESTAMP) })
      .regex(TIMESTAMP, WRONG_TIMESTAMP)
      .meta({ format: 'date-time' })
      .describe('When it was ordered (RFC 3339, milliseconds at the finest), from 1970 to one day ahead.'),
    menu_type: z.string().max(64).describe('What was ordered: a menu type of the configured menu, such as washoku.'),
  })
  .meta({ id: 'Order', examples: [{ user_id: 'u1', timestamp: '2025-05-30T12:00:00Z', menu_type: 'washoku' }] });

const menuTypeSchema = orderSchema.pick({ menu_type: true });

/** An order. `ts_ms` is when it was made, in milliseconds since the epoch. */
export interface Order {
  readonly orderId: string | null;
  readonly userId: string;
  readonly ts_ms: number;
  readonly menuType: string;
}

export type ParsedOrder = { readonly ok: true; readonly order: Order } | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** Reads an order from parsed JSON. Knows no clock: what it says of a record never changes. */
export function parseOrder(input: unknown): ParsedOrder {
  const parsed = orderSchema.safeParse(input, { error: plainWords });
  if (!parsed.success) return { ok: false, problems: fieldProblems(parsed.error, 'order') };
  const { order_id, user_id, timestamp, menu_type } = parsed.data;
  // Upper case is what Date.parse promises to read.
  const ts_ms = Date.parse(timestamp.toUpperCase());
  if (!(ts_ms >= 0)) return { ok: false, problems: [{ field: 'timestamp', problem: 'must not lie before 1970' }] };
  if (ts_ms >= TIMESTAMP_MS_END) return { ok: false, problems: [{ field: 'timestamp', problem: 'must lie before the last day of 9999' }] };
  return { ok: true, order: { orderId: order_id ?? null, userId: user_id, ts_ms, menuType: menu_type } };
}

/** Reads an order that a client sends now: beside its shape, the menu and the clock have a say. */
export function acceptOrder(input: unknown, menu: Menu, now_ms: number): ParsedOrder {
  const parsed = parseOrder(input);
  const problems = parsed.ok ? [] : [...parsed.problems];
  // The menu has its say even where other fields are wrong: whoever mends the order need not come back for it.
  const menuType = parsed.ok ? parsed.order.menuType : menuTypeSchema.safeParse(input).data?.menu_type;
  if (menuType !== undefined && menu.dimensionOf(menuType) === undefined) {
    problems.push({ field: 'menu_type', problem: `must be one of ${menu.menuTypes.join(', ')}` });
  }
  if (parsed.ok && parsed.order.ts_ms > now_ms + AHEAD_MS_MAX) {
    problems.push({ field: 'timestamp', problem: 'must not lie more than a day ahead' });
  }
  return parsed.ok && problems.length === 0 ? parsed : { ok: false, problems };
}

/** The order as a log record's value. */
export function encodeOrder(order: Order): string {
  const { orderId, userId, ts_ms, menuType } = order;
  return JSON.stringify({
    ...(orderId === null ? {} : { order_id: orderId }),
    user_id: userId,
    timestamp: new Date(ts_ms).toISOString(),
    menu_type: menuType,
  });
}
