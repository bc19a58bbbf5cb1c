/** GET /api/segments/{segment}/users: the list of one segment, by pages or as a whole for a campaign. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import { ALL } from '#platform/fold/totals.ts';
import { defineRoute, problemResponse, type Route, sendJson } from '#platform/http/route.ts';
import { decodePositions, encodePositions, FIRST_MEMBERS, type MembersPage, readMembers } from './members.ts';
import { cursorParameter, limitParameter, mustBeSegment } from './parameters.ts';
import type { SegmentsOptions } from './segments.ts';

/** Users read at once for an export: what it holds in memory, whatever the segment's size. */
const EXPORT_PAGE_USERS = 1_000;

const usersSchema = z
  .strictObject({
    segment: z.string(),
    count: z.int().min(0).describe('People in the segment, whatever the prefix.'),
    users: z.array(z.string()),
    next_cursor: z.string().optional(),
  })
  .meta({ id: 'SegmentUsers' });

export function segmentUsersRoute({ menu, shards, tables, totals }: SegmentsOptions): Route {
  return defineRoute({
    method: 'get',
    path: '/api/segments/:segment/users',
    summary: 'Who is in a segment',
    description:
      'By pages as JSON, or with `format=csv` (or `Accept: text/csv`) the whole list as a CSV file (RFC 4180, one column `user_id`). Ids are written unchanged: import the column as text, since a spreadsheet takes one that begins with =, +, - or @ for a formula.',
    tag: 'summary',
    role: 'read',
    parameters: z.strictObject({
      segment: z.string().describe('A menu type of the menu.'),
      limit: limitParameter(100, 1_000),
      cursor: cursorParameter,
      prefix: z.string().max(128).optional().describe('Only users whose id starts with this.'),
      format: z.enum(['json', 'csv'], { error: 'must be json or csv' }).optional(),
    }),
    responses: {
      200: { description: 'The users, by shard and id.', content: { 'application/json': usersSchema, 'text/csv': undefined } },
      404: problemResponse('There is no such segment.'),
    },
    async handle(context, { segment, limit, cursor, prefix, format }) {
      mustBeSegment(menu, segment);
      const asCsv = format === undefined ? context.accepts('application/json', 'text/csv') === 'text/csv' : format === 'csv';
      if (asCsv) {
        const read = (from = FIRST_MEMBERS) => readMembers(tables, shards, { segment, from, limit: EXPORT_PAGE_USERS, prefix });
        const first = await read();
        context.set({
          'Content-Type': 'text/csv; charset=utf-8; header=present',
          'Content-Disposition': `attachment; filename="${segment}.csv"`,
        });
        context.body = Readable.from(csvOf(first, read), { objectMode: false });
        return;
      }
      const from = cursor === undefined ? FIRST_MEMBERS : decodePositions(segment, 1, cursor)[0];
      if (!from) return sendJson(context, 200, { segment, count: (await totals.read(ALL)).get(segment)?.users ?? 0, users: [] });
      const [sums, page] = await Promise.all([totals.read(ALL), readMembers(tables, shards, { segment, from, limit, prefix })]);
      sendJson(context, 200, {
        segment,
        count: sums.get(segment)?.users ?? 0,
        users: page.users,
        ...(page.next ? { next_cursor: encodePositions(segment, [page.next]) } : {}),
      });
    },
  });
}

/** A page is read when the one before has been sent: as fast as the client takes it. */
async function* csvOf(first: MembersPage, read: (from: MembersPage['next']) => Promise<MembersPage>): AsyncGenerator<string> {
  yield 'user_id\r\n';
  for (let page = first; ; page = await read(page.next)) {
    if (page.users.length > 0) yield page.users.map((user) => `${csvField(user)}\r\n`).join('');
    if (!page.next) return;
  }
}

/** RFC 4180: quoted where the text itself could be taken for syntax. */
function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
