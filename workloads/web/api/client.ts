/** The one place that speaks HTTP. */
import { firstAborted } from '#workloads/web/browser/first-aborted.ts';
import { type KeyRole, keyRefused, keyState, storedKey } from './key.ts';
import { ApiError, problemOf } from './problem.ts';

/** How long an answer may take before the server counts as unreachable. */
const ANSWER_MS_MAX = 10_000;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;

export type Query = Readonly<Record<string, string | number | undefined>>;

function address(path: string, query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, String(value)]]));
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`;
}

/** What carries the key of a role, where there is one. */
export function authorization(role: KeyRole): Readonly<Record<string, string>> {
  const key = storedKey(role);
  return key === null ? {} : { authorization: `Bearer ${key}` };
}

/** Asks nothing while the person is asked for a key: the answer is known. */
async function send(role: KeyRole, path: string, init: RequestInit): Promise<Response> {
  if (keyState(role) !== 'accepted') throw new ApiError({ kind: 'answered', status: UNAUTHORIZED });
  const key = storedKey(role);
  // Relative to the page: it may stand under a path of a proxy.
  const response = await fetch(`.${path}`, { ...init, headers: { ...init.headers, ...authorization(role) } });
  if (response.ok) return response;
  if (response.status === UNAUTHORIZED || response.status === FORBIDDEN) keyRefused(role, key);
  throw new ApiError(await problemOf(response));
}

/**
 * Asks for JSON. `T` is what the API documents for the path (api/types.ts).
 * @throws ApiError for an answer other than 2xx; whatever `fetch` throws for none
 */
export async function getJson<T>(path: string, query: Query, signal: AbortSignal): Promise<T> {
  const response = await send('read', address(path, query), { signal: firstAborted([signal, AbortSignal.timeout(ANSWER_MS_MAX)]) });
  const body: T = await response.json();
  return body;
}

/**
 * Sends JSON.
 * @throws ApiError for an answer other than 2xx; whatever `fetch` throws for none
 */
export async function postJson(path: string, body: unknown, signal: AbortSignal): Promise<void> {
  const until = firstAborted([signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
  await send('ingest', path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: until,
  });
}

/** Asks for a file. Its size has no limit here: browsers keep large blobs on disk. */
export async function getFile(path: string, query: Query, signal: AbortSignal): Promise<Blob> {
  const response = await send('read', address(path, query), { signal });
  return response.blob();
}
