/** GET /api/segments: for every segment of a dimension its people, its share of the orders, and who they are. */
import { z } from 'zod';
import { ALL } from '#platform/fold/totals.ts';
import { defineRoute, type Route, sendJson } from '#platform/http/route.ts';
import type { Menu } from '../menu.ts';
import { decodePositions, encodePositions, FIRST_MEMBERS, type MembersPage, readMembers } from './members.ts';
import { cursorParameter, dimensionParameter, limitParameter } from './parameters.ts';
import type { ReadTables } from './read-tables.ts';
import { sharesOf, type TotalsReader } from './totals.ts';

const segmentsSchema = z
  .strictObject({
    dimension: z.string(),
    cuisines: z
      .array(
        z.strictObject({
          segment: z.string(),
          count: z.int().min(0).describe('People who prefer it.'),
          orders: z.int().min(0),
          ratio: z.number().describe('Share of the dimension’s orders, 0 to 1.'),
          users: z.array(z.string()).describe('One page of those people.'),
        }),
      )
      .describe('The segments of the dimension, whichever it is.'),
    next_cursor: z.string().optional().describe('Asks for the next page of every list; absent when all are at their end.'),
  })
  .meta({ id: 'Segments' });

export interface SegmentsOptions {
  readonly menu: Menu;
  readonly shards: number;
  readonly tables: ReadTables;
  readonly totals: TotalsReader;
}

export function segmentsRoute({ menu, shards, tables, totals }: SegmentsOptions): Route {
  return defineRoute({
    method: 'get',
    path: '/api/segments',
    summary: 'The segments of a dimension and who is in them',
    description: 'A user is in the segment of the menu type that they ordered most; on a tie they stay where they were.',
    tag: 'summary',
    role: 'read',
    parameters: z.strictObject({ dimension: dimensionParameter(menu), limit: limitParameter(100, 1_000), cursor: cursorParameter }),
    responses: { 200: { description: 'The segments, in the menu’s order.', content: { 'application/json': segmentsSchema } } },
    async handle(context, { dimension, limit, cursor }) {
      const segments = menu.segmentsOf(dimension);
      const positions = cursor === undefined ? segments.map(() => FIRST_MEMBERS) : decodePositions(dimension, segments.length, cursor);
      const read = (segment: string, index: number): Promise<MembersPage> | MembersPage => {
        const from = positions[index];
        return from ? readMembers(tables, shards, { segment, from, limit }) : { users: [] };
      };
      const [sums, pages] = await Promise.all([totals.read(ALL), Promise.all(segments.map(read))]);
      const { shares } = sharesOf(segments, sums);
      const next = pages.map((page) => page.next ?? null);
      sendJson(context, 200, {
        dimension,
        cuisines: shares.map(({ segment, users: count, orders, ratio }, index) => ({
          segment,
          count,
          orders,
          ratio,
          users: pages[index]?.users ?? [],
        })),
        ...(next.some((position) => position !== null) ? { next_cursor: encodePositions(dimension, next) } : {}),
      });
    },
  });
}
