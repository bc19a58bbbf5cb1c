/** GET /api/segments/{segment}/users: the list of one segment, by pages or as a whole for a campaign. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import { ALL } from '#platform/fold/totals.ts';
import { prefers } from '#platform/http/offers.ts';
import { defineRoute, problemResponse, type Route, sendJson } from '#platform/http/route.ts';
import { BYTE_ORDER_MARK } from '#platform/words/byte-order-mark.ts';
import { type IdForm, idIn } from '../ids.ts';
import { csvField, withoutFormula } from './csv.ts';
import { decodePositions, encodePositions, FIRST_MEMBERS, type MembersPage, readMembers } from './members.ts';
import { cursorParameter, flagParameter, limitParameter, mustBeSegment } from './parameters.ts';
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

export interface SegmentUsersOptions extends SegmentsOptions {
  readonly normalizeIds: IdForm;
}

export function segmentUsersRoute({ menu, shards, tables, totals, normalizeIds }: SegmentUsersOptions): Route {
  return defineRoute({
    method: 'get',
    path: '/api/segments/:segment/users',
    summary: 'Who is in a segment',
    description:
      'By pages as JSON, or with `format=csv` (or `Accept: text/csv`) the whole list as a CSV file (RFC 4180, UTF-8, one column `user_id`). For a spreadsheet ask with `bom=true`, without which Excel takes the file for another encoding, and with `escape_formulas=true`: who chooses a user id would else choose what the spreadsheet runs. Programs read the ids unchanged without it.',
    tag: 'summary',
    role: 'read',
    parameters: z.strictObject({
      segment: z.string().describe('A menu type of the menu.'),
      limit: limitParameter(100, 1_000),
      cursor: cursorParameter,
      prefix: z.string().max(128).optional().describe('Only users whose id starts with this.'),
      format: z.enum(['json', 'csv'], { error: 'must be json or csv' }).optional(),
      bom: flagParameter.describe('Whether the CSV file begins with a byte order mark, by which Excel knows UTF-8.'),
      escape_formulas: flagParameter.describe(
        'Whether an apostrophe stands in the CSV file before ids that a spreadsheet takes for a formula: those that begin with =, +, -, @ (in half or full width), a tab or a line break.',
      ),
    }),
    responses: {
      200: { description: 'The users, by shard and id.', content: { 'application/json': usersSchema, 'text/csv': undefined } },
      404: problemResponse('There is no such segment.'),
    },
    async handle(context, { segment, limit, cursor, prefix: askedPrefix, format, bom, escape_formulas }) {
      const prefix = askedPrefix && idIn(normalizeIds, askedPrefix);
      mustBeSegment(menu, segment);
      const asCsv = format === undefined ? prefers(context.get('Accept'), 'text/csv', 'application/json') : format === 'csv';
      if (asCsv) {
        const read = (from = FIRST_MEMBERS) => readMembers(tables, shards, { segment, from, limit: EXPORT_PAGE_USERS, prefix });
        const first = await read();
        context.set({
          'Content-Type': 'text/csv; charset=utf-8; header=present',
          'Content-Disposition': `attachment; filename="${segment}.csv"`,
        });
        context.body = Readable.from(csvOf(first, read, { bom, escapeFormulas: escape_formulas }), { objectMode: false });
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
async function* csvOf(
  first: MembersPage,
  read: (from: MembersPage['next']) => Promise<MembersPage>,
  { bom, escapeFormulas }: { readonly bom: boolean; readonly escapeFormulas: boolean },
): AsyncGenerator<string> {
  const line = (user: string) => `${csvField(escapeFormulas ? withoutFormula(user) : user)}\r\n`;
  yield `${bom ? BYTE_ORDER_MARK : ''}user_id\r\n`;
  for (let page = first; ; page = await read(page.next)) {
    if (page.users.length > 0) yield page.users.map(line).join('');
    if (!page.next) return;
  }
}
