/** The order stream's API, one function a question. */
import { getFile, getJson, postJson } from './client.ts';
import type { Members, Menu, NewOrder, Totals, UserHistory } from './types.ts';

export function menu(signal: AbortSignal): Promise<Menu> {
  return getJson('/api/menu', {}, signal);
}

/** @param period `all`, or a day */
export function totals(dimension: string, period: string, signal: AbortSignal): Promise<Totals> {
  return getJson('/api/totals', { dimension, period }, signal);
}

export interface MembersPage {
  /** Only users whose id begins so; empty for all. */
  readonly prefix: string;
  readonly limit: number;
  readonly cursor: string | undefined;
}

export function members(segment: string, page: MembersPage, signal: AbortSignal): Promise<Members> {
  return getJson(`/api/segments/${encodeURIComponent(segment)}/users`, { ...page }, signal);
}

/** The whole list as CSV, for a spreadsheet. */
export function membersFile(segment: string, prefix: string, signal: AbortSignal): Promise<Blob> {
  return getFile(
    `/api/segments/${encodeURIComponent(segment)}/users`,
    { format: 'csv', bom: 'true', escape_formulas: 'true', prefix },
    signal,
  );
}

export function user(
  userId: string,
  page: { readonly limit: number; readonly cursor: string | undefined },
  signal: AbortSignal,
): Promise<UserHistory> {
  return getJson('/api/users', { id: userId, ...page }, signal);
}

/** Resolves when the order is durable. Sent again, it is counted once. */
export function order(made: NewOrder, signal: AbortSignal): Promise<void> {
  return postJson('/api/log', made, signal);
}
