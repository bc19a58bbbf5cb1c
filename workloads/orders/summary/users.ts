/** GET /api/users?id= and /api/users/{id}: one user's segments, counts and orders. */
import type { ParameterizedContext } from 'koa';
import { z } from 'zod';
import { HttpProblem } from '#platform/http/problem.ts';
import { defineRoute, problemResponse, type Route, sendJson } from '#platform/http/route.ts';
import { idIn, isUserId } from '../ids.ts';
import type { PinnedSettings } from '../pin.ts';
import { userCounts } from '../tables.ts';
import { storedUser, userKey } from '../user-row.ts';
import { cursorParameter, limitParameter } from './parameters.ts';
import type { ReadTables } from './read-tables.ts';
import { userOrders } from './user-orders.ts';

const userSchema = z
  .strictObject({
    user_id: z.string(),
    segments: z.record(z.string(), z.string()).describe('Dimension → the segment that the user is in.'),
    counts: z.record(z.string(), z.int().min(0)).describe('Menu type → orders.'),
    orders: z
      .array(z.strictObject({ timestamp: z.iso.datetime(), menu_type: z.string(), order_id: z.string().optional() }))
      .describe('One page of the orders, the last counted first; an order that was sent late stands where it was counted.'),
    next_cursor: z.string().optional(),
  })
  .meta({ id: 'User' });

export interface UserRoutesOptions extends Pick<PinnedSettings, 'layout' | 'normalizeIds'> {
  readonly tables: ReadTables;
}

/** One answer at two addresses: paths such as `/api/users/..` are another path before they leave the client, or at a proxy. */
export function userRoutes(options: UserRoutesOptions): readonly Route[] {
  const page = { limit: limitParameter(100, 1_000), cursor: cursorParameter };
  const shared = {
    method: 'get',
    summary: 'A user’s segments, counts and orders',
    tag: 'summary',
    role: 'read',
    responses: {
      200: { description: 'The user.', content: { 'application/json': userSchema } },
      404: problemResponse('No order of this user was counted.'),
    },
  } as const;
  return [
    defineRoute({
      ...shared,
      path: '/api/users',
      description: 'For every id, whatever characters it has.',
      parameters: z.strictObject({ id: z.string().describe('The user’s id.'), ...page }),
      handle: (context, { id, ...asked }) => sendUser(context, options, id, asked),
    }),
    defineRoute({
      ...shared,
      path: '/api/users/:id',
      description: 'The same as /api/users?id=, for ids that a path can hold: not `.` and `..`, and behind some proxies none with a slash.',
      parameters: z.strictObject({ id: z.string().describe('The user’s id, percent-encoded.'), ...page }),
      handle: (context, { id, ...asked }) => sendUser(context, options, id, asked),
    }),
  ];
}

interface AskedPage {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

async function sendUser(context: ParameterizedContext, options: UserRoutesOptions, asked_id: string, asked: AskedPage): Promise<void> {
  const { tables, layout, normalizeIds } = options;
  // Under an id that is too long as it is sent, no order was taken: what it would be in another form is not worked out.
  if (!isUserId(asked_id)) throw unknownUser(asked_id);
  const id = idIn(normalizeIds, asked_id);
  // A longer one than any user has may be one that the tables cannot even look for.
  if (!isUserId(id)) throw unknownUser(id);
  const key = userKey(id, layout);
  const [row] = await tables.get(userCounts, [key]);
  if (!row) throw unknownUser(id);
  const user = storedUser(row);
  const page = await userOrders(tables, key, user, asked);
  sendJson(context, 200, {
    user_id: id,
    segments: user.segments,
    counts: user.counts,
    orders: page.orders.map(([, ts_ms, menu_type, order_id]) => ({
      timestamp: new Date(ts_ms).toISOString(),
      menu_type,
      ...(order_id === null ? {} : { order_id }),
    })),
    ...(page.cursor === undefined ? {} : { next_cursor: page.cursor }),
  });
}

function unknownUser(id: string): HttpProblem {
  return new HttpProblem('not-found', `No order of the user ${JSON.stringify(id)} was counted.`);
}
