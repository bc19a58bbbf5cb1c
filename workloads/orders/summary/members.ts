/** Who is in a segment: a list that is spread over the shards, read page by page, one shard after the other. */
import { z } from 'zod';
import { segmentMembers } from '../tables.ts';
import { badCursor, type ReadTables } from './read-tables.ts';

/** Where a page begins: in a shard, after the row that the tables' own cursor names. */
const positionSchema = z.strictObject({ shard: z.int().min(0), cursor: z.string().optional() });
export type MembersPosition = z.infer<typeof positionSchema>;

export const FIRST_MEMBERS: MembersPosition = { shard: 0 };

export interface MembersPage {
  readonly users: readonly string[];
  /** Where the next page begins; absent at the end. */
  readonly next?: MembersPosition;
}

export interface MembersRequest {
  readonly segment: string;
  readonly from: MembersPosition;
  readonly limit: number;
  /** Only users whose id starts with this. */
  readonly prefix?: string | undefined;
}

/** One page: `limit` users, or fewer at the end. Each user of the segment comes once, whatever moves meanwhile. */
export async function readMembers(tables: ReadTables, shards: number, request: MembersRequest): Promise<MembersPage> {
  const { segment, limit, prefix } = request;
  const users: string[] = [];
  let { shard, cursor }: MembersPosition = request.from;
  while (shard < shards && users.length < limit) {
    const page = await tables.page(segmentMembers, {
      within: { segment, shard },
      limit: limit - users.length,
      ...(prefix ? { startsWith: prefix } : {}),
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const row of page.rows) users.push(row.user_id);
    cursor = page.cursor;
    if (cursor === undefined) shard++;
  }
  if (shard >= shards) return { users };
  return { users, next: cursor === undefined ? { shard } : { shard, cursor } };
}

/** One position a list, null for a list at its end, as an opaque text. @param of what the lists are of: another cursor is refused */
export function encodePositions(of: string, positions: readonly (MembersPosition | null)[]): string {
  return Buffer.from(JSON.stringify([of, positions])).toString('base64url');
}

/** @throws HttpProblem (422) for a cursor of something else */
export function decodePositions(of: string, lists: number, cursor: string): readonly (MembersPosition | null)[] {
  const schema = z.tuple([z.literal(of), z.array(positionSchema.nullable()).length(lists)]);
  const parsed = schema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!parsed.success) throw badCursor();
  return parsed.data[1];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
