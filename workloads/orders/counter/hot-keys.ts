/** GET /api/hot: who orders the most just now, in the shards that this process counts. */
import { z } from 'zod';
import { wholeNumberParameter } from '#platform/http/parameters.ts';
import { defineRoute, type Route, sendJson } from '#platform/http/route.ts';
import type { HotKeys } from '#platform/metrics/hot-keys.ts';

/** Users listed for one shard at the most. */
const LIMIT_MAX = 100;

const hotSchema = z
  .strictObject({
    hot: z.array(
      z.strictObject({
        shard: z.int(),
        user_id: z.string(),
        orders: z.int().describe('Orders of the user that were counted in the last minute, at least.'),
        share: z.number().describe('The same as a share of the shard’s orders, 0 to 1.'),
      }),
    ),
    shards: z.array(z.strictObject({ shard: z.int(), orders: z.int().describe('Orders that the shard counted in the last minute.') })),
  })
  .meta({ id: 'HotUsers' });

export function hotKeysRoute(hotKeys: HotKeys): Route {
  return defineRoute({
    method: 'get',
    path: '/api/hot',
    summary: 'The busiest users of the last minute',
    description:
      'For each shard that this process counts, the users with the most orders in the last minute, the busiest first. Kept by a sketch of bounded memory: a share is never too high, and too low by at most 1/256.',
    tag: 'operations',
    role: 'read',
    parameters: z.strictObject({
      limit: wholeNumberParameter(1, LIMIT_MAX).default(10).describe('Users for one shard at the most.'),
    }),
    responses: { 200: { description: 'The busiest users.', content: { 'application/json': hotSchema } } },
    async handle(context, { limit }) {
      const { shards } = hotKeys;
      const hot = shards
        .flatMap((shard) => hotKeys.top(shard, limit))
        .sort((a, b) => b.records - a.records)
        .map(({ shard, key, records, share }) => ({ shard, user_id: key, orders: records, share }));
      sendJson(context, 200, { hot, shards: shards.map((shard) => ({ shard, orders: hotKeys.records(shard) })) });
    },
  });
}
