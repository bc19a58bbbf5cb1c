/** GET /api/users/{id}: one user's segments, counts and orders. */
import { z } from 'zod';
import { HttpProblem } from '#platform/http/problem.ts';
import { defineRoute, problemResponse, type Route, sendJson } from '#platform/http/route.ts';
import { isUserId } from '../order.ts';
import { type Layout, userCounts } from '../tables.ts';
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

export function userRoute(tables: ReadTables, layout: Layout): Route {
  return defineRoute({
    method: 'get',
    path: '/api/users/:id',
    summary: 'A user’s segments, counts and orders',
    tag: 'summary',
    role: 'read',
    parameters: z.strictObject({
      id: z.string().describe('The user’s id, percent-encoded.'),
      limit: limitParameter(100, 1_000),
      cursor: cursorParameter,
    }),
    responses: {
      200: { description: 'The user.', content: { 'application/json': userSchema } },
      404: problemResponse('No order of this user was counted.'),
    },
    async handle(context, { id, limit, cursor }) {
      // A longer one than any user has may be one that the tables cannot even look for.
      if (!isUserId(id)) throw unknownUser(id);
      const key = userKey(id, layout);
      const [row] = await tables.get(userCounts, [key]);
      if (!row) throw unknownUser(id);
      const user = storedUser(row);
      const page = await userOrders(tables, key, user, { limit, cursor });
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
    },
  });
}

function unknownUser(id: string): HttpProblem {
  return new HttpProblem('not-found', `No order of the user ${JSON.stringify(id)} was counted.`);
}
