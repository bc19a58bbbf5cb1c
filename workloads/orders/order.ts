/** The event: one order, as it arrives over HTTP and as it stands in the log. */
import { z } from 'zod';
import { type FieldProblem, fieldProblems } from '#platform/words/field-problems.ts';
import { plainWords } from '#platform/words/plain-words.ts';
import { type IdForm, idIn, idSchema } from './ids.ts';
import type { Menu } from './menu.ts';
import { misspeltFields } from './misspelt-fields.ts';
import { instantOf, TIMESTAMP, TIMESTAMP_SENT, WRONG_TIMESTAMP } from './order-time.ts';

/** Menu types that a refusal lists. */
const LISTED_MAX = 20;
/** How far ahead of the server's clock a timestamp may lie. */
const AHEAD_MS_MAX = 24 * 60 * 60_000;

const timestampSchema = z.string({ error: ({ input }) => (input === undefined ? 'is missing' : WRONG_TIMESTAMP) });

/** An order as a client sends it (`POST /api/log`). */
export const orderSchema = z
  .object({
    order_id: idSchema
      .nullish()
      .describe(
        'The client’s own name for this order. Sent again with the same timestamp, it is counted once. Without it, user_id, timestamp and menu_type identify the order.',
      ),
    user_id: idSchema.describe(
      'Who ordered. 1 to 128 bytes of UTF-8. Two spellings of a name in Unicode are two users, unless KAISEKI_NORMALIZE_IDS is NFC.',
    ),
    timestamp: timestampSchema
      .regex(TIMESTAMP_SENT, WRONG_TIMESTAMP)
      .meta({ format: 'date-time' })
      .describe(
        'When it was ordered (RFC 3339, milliseconds at the finest), from 1970 to one day ahead. A leap second is the second after it.',
      ),
    menu_type: z.string().max(64).describe('What was ordered: a menu type of the configured menu, such as washoku.'),
  })
  .describe(
    'Members that are not listed are accepted and dropped, but for those that are nearly the name of one that is missing: orderId is refused where there is no order_id.',
  )
  .meta({ id: 'Order', examples: [{ user_id: 'u1', timestamp: '2025-05-30T12:00:00Z', menu_type: 'washoku' }] });

/** The same, as the API documents it for a menu. */
export function orderSchemaOf(menu: Menu) {
  const { menu_type: any } = orderSchema.shape;
  return orderSchema.extend({ menu_type: z.enum(menu.menuTypes).describe(any.description ?? '') }).meta(orderSchema.meta() ?? {});
}

const FIELDS = Object.keys(orderSchema.shape);
/** An order as it stands in the log. */
const recordSchema = orderSchema.extend({ timestamp: timestampSchema.regex(TIMESTAMP, WRONG_TIMESTAMP) });
const menuTypeSchema = orderSchema.pick({ menu_type: true });
const idsSchema = orderSchema.pick({ order_id: true, user_id: true });

/** An order. `ts_ms` is when it was made, in milliseconds since the epoch. */
export interface Order {
  readonly orderId: string | null;
  readonly userId: string;
  readonly ts_ms: number;
  readonly menuType: string;
}

export type ParsedOrder = { readonly ok: true; readonly order: Order } | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** The settings by which orders are taken in. */
export interface OrderRules {
  readonly menu: Menu;
  /** The Unicode form into which the ids of orders, and those that are asked for, are brought. */
  readonly normalizeIds?: IdForm;
}

/** Reads an order from a record's JSON. Knows no clock and no spelling mistakes: what it says of a record never changes. */
export function parseOrder(input: unknown): ParsedOrder {
  return readOrder(recordSchema, input);
}

/** Reads an order that a client sends now: beside its shape, the menu and the clock have a say. */
export function acceptOrder(input: unknown, { menu, normalizeIds }: OrderRules, now_ms: number): ParsedOrder {
  const parsed = inForm(normalizeIds, readOrder(orderSchema, input));
  const problems = [...(parsed.ok ? [] : parsed.problems), ...misspeltFields(input, FIELDS)];
  // The menu has its say even where other fields are wrong: whoever mends the order need not come back for it.
  const menuType = parsed.ok ? parsed.order.menuType : menuTypeSchema.safeParse(input).data?.menu_type;
  if (menuType !== undefined && menu.dimensionOf(menuType) === undefined) {
    problems.push({ field: 'menu_type', problem: `must be one of ${listed(menu.menuTypes)}` });
  }
  if (parsed.ok && parsed.order.ts_ms > now_ms + AHEAD_MS_MAX) {
    problems.push({ field: 'timestamp', problem: 'must not lie more than a day ahead' });
  }
  return parsed.ok && problems.length === 0 ? parsed : { ok: false, problems };
}

/** The menu types, or the first of them. */
function listed(menuTypes: readonly string[]): string {
  const more = menuTypes.length - LISTED_MAX;
  return more <= 0 ? menuTypes.join(', ') : `${menuTypes.slice(0, LISTED_MAX).join(', ')} and ${more} more (GET /api/menu)`;
}

function readOrder(schema: typeof orderSchema | typeof recordSchema, input: unknown): ParsedOrder {
  const parsed = schema.safeParse(input, { error: plainWords });
  if (!parsed.success) return { ok: false, problems: fieldProblems(parsed.error, 'order') };
  const { order_id, user_id, timestamp, menu_type } = parsed.data;
  const instant = instantOf(timestamp);
  if (!instant.ok) return { ok: false, problems: [{ field: 'timestamp', problem: instant.problem }] };
  return { ok: true, order: { orderId: order_id ?? null, userId: user_id, ts_ms: instant.ts_ms, menuType: menu_type } };
}

/** The order with its ids in a Unicode form, in which they must not be too long either: the log would hold what nobody can count. */
function inForm(form: IdForm, parsed: ParsedOrder): ParsedOrder {
  if (!parsed.ok || form === undefined) return parsed;
  const ids = { user_id: idIn(form, parsed.order.userId), order_id: parsed.order.orderId && idIn(form, parsed.order.orderId) };
  const checked = idsSchema.safeParse(ids);
  if (!checked.success) return { ok: false, problems: fieldProblems(checked.error, 'order') };
  return { ok: true, order: { ...parsed.order, userId: ids.user_id, orderId: ids.order_id } };
}

/** Which id of an order in the log is not in the Unicode form of ids, so that nobody could ask for it; undefined where all are. */
export function formProblem(form: IdForm, { userId, orderId }: Order): string | undefined {
  for (const [field, id] of [
    ['user_id', userId],
    ['order_id', orderId],
  ] as const) {
    if (id === null || idIn(form, id) === id) continue;
    return `${field} is not in the form ${form}, to which ids are pinned here; what wrote it must have KAISEKI_NORMALIZE_IDS=${form} too`;
  }
  return undefined;
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
