/**
 * The row of a user in user_counts. What the user's orders have led to is one JSON text: Cassandra pays for each cell of a
 * row, in each copy (decision 11).
 */
import { type Mutation, put, type Row } from '#platform/tables/tables.ts';
import { type Layout, placeOf, userCounts } from './tables.ts';
import { encodeUserOrder, type UserOrder, type UserState } from './tally.ts';

/** A user as the row has them. */
export interface StoredUser {
  /** The offset of the last order in it. */
  readonly lsn: number;
  /** Orders by menu type. */
  readonly counts: Readonly<Record<string, number>>;
  /** Segment by dimension. */
  readonly segments: Readonly<Record<string, string>>;
  /** The orders that are on no page, oldest first. */
  readonly recent: readonly UserOrder[];
}

/** The key of a user's row. */
export function userKey(user_id: string, layout: Layout): { readonly bucket: number; readonly user_id: string } {
  return { bucket: placeOf(user_id, layout).bucket, user_id };
}

/** Writes a user whole, at the lsn. */
export function userRow(userId: string, { counts, segments, recent, lsn }: UserState, layout: Layout): Mutation {
  const members = [
    `"lsn":${lsn}`,
    `"counts":${JSON.stringify(Object.fromEntries(counts))}`,
    `"segments":${JSON.stringify(Object.fromEntries(segments))}`,
    `"recent":[${recent.join(',')}]`,
  ];
  return put(userCounts, { ...userKey(userId, layout), state: `{${members.join(',')}}` }, lsn);
}

/** What a user's row says. @throws SyntaxError for a row that somebody else has written */
export function storedUser({ state }: Pick<Row<typeof userCounts>, 'state'>): StoredUser {
  return JSON.parse(state);
}

/** The state that a user's row holds. @throws SyntaxError, TypeError for a row that somebody else has written */
export function userOf(row: Row<typeof userCounts>): UserState {
  const { lsn, counts, segments, recent } = storedUser(row);
  if (!Number.isSafeInteger(lsn)) throw new TypeError(`its lsn is ${lsn}`);
  return {
    counts: new Map(Object.entries(counts)),
    segments: new Map(Object.entries(segments)),
    recent: recent.map(encodeUserOrder),
    lsn,
  };
}
