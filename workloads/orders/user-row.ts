/**
 * The page of a user in user_counts: what the user's orders have led to, as one JSON text: Cassandra pays for each cell of a
 * row, in each copy (decision 11).
 */
import type { Row } from '#platform/tables/tables.ts';
import type { SpanLength } from './spans.ts';
import { type Layout, placeOf, type userCounts } from './tables.ts';
import { encodeUserOrder, NEW_USER, type UserOrder, type UserState } from './tally.ts';

/** A user's state as the page has it. */
export interface StoredUser {
  /** Orders by menu type. */
  readonly counts: Readonly<Record<string, number>>;
  /** Segment by dimension. */
  readonly segments: Readonly<Record<string, string>>;
  /** The orders that are on no page of raw_orders, oldest first. */
  readonly recent: readonly UserOrder[];
  /** The latest time of an order on a page, in milliseconds since the epoch, and the spans under which those are filed; absent while there is none. */
  readonly past?: readonly [paged_ms: number, filed: readonly SpanLength[]];
}

/** The key of a user's page. */
export function userKey(user_id: string, layout: Layout): { readonly bucket: number; readonly user_id: string } {
  return { bucket: placeOf(user_id, layout).bucket, user_id };
}

/** A user's state as the page holds it. */
export function encodeUser({ counts, segments, recent, paged_ms, filed }: UserState): string {
  const past = filed.length === 0 ? '' : `,"past":${JSON.stringify([paged_ms, filed])}`;
  return `{"counts":${JSON.stringify(Object.fromEntries(counts))},"segments":${JSON.stringify(Object.fromEntries(segments))},"recent":[${recent.join(',')}]${past}}`;
}

/** The state that a page holds. @throws TypeError for one that another program has written */
export function decodeUser(value: unknown): UserState {
  const { counts, segments, recent, past } = value as StoredUser;
  const [paged_ms, filed] = past ?? [NEW_USER.paged_ms, NEW_USER.filed];
  return {
    counts: new Map(Object.entries(counts)),
    segments: new Map(Object.entries(segments)),
    recent: recent.map(encodeUserOrder),
    paged_ms,
    filed,
  };
}

/** What a user's row says, for those who only read, and the offset of the last order in it. @throws SyntaxError for a row that another program has written */
export function storedUser({ page }: Pick<Row<typeof userCounts>, 'page'>): StoredUser & { readonly lsn: number } {
  const { lsn, state } = JSON.parse(page) as { readonly lsn: number; readonly state: StoredUser };
  return { lsn, ...state };
}
