/**
 * The row of a user in user_counts. What the user's orders have led to is one JSON text: Cassandra pays for each cell of a
 * row, in each copy (decision 11).
 */
import { type Mutation, put, type Row } from '#platform/tables/tables.ts';
import { type Layout, placeOf, userCounts } from './tables.ts';
import type { UserOrder, UserState } from './tally.ts';

interface StoredState {
  readonly counts: Readonly<Record<string, number>>;
  readonly segments: Readonly<Record<string, string>>;
  readonly recent: readonly UserOrder[];
}

/** The key of a user's row. */
export function userKey(user_id: string, layout: Layout): { readonly bucket: number; readonly user_id: string } {
  return { bucket: placeOf(user_id, layout).bucket, user_id };
}

/** Writes a user whole, at the lsn. */
export function userRow(userId: string, { counts, segments, recent, lsn }: UserState, layout: Layout): Mutation {
  const stored: StoredState = { counts: Object.fromEntries(counts), segments: Object.fromEntries(segments), recent };
  return put(userCounts, { ...userKey(userId, layout), state: JSON.stringify(stored), lsn }, lsn);
}

/** What a user's row says beside the lsn. @throws SyntaxError, TypeError for a row that somebody else has written */
export function userOf({ state }: Pick<Row<typeof userCounts>, 'state'>): Omit<UserState, 'lsn'> {
  const { counts, segments, recent }: StoredState = JSON.parse(state);
  return { counts: new Map(Object.entries(counts)), segments: new Map(Object.entries(segments)), recent };
}
