/** The one place that speaks HTTP. */
import { keyRefused, storedKey } from './key.ts';
import { ApiError, problemOf } from './problem.ts';

/** How long an answer may take before the server counts as unreachable. */
const ANSWER_MS_MAX = 10_000;

export type Query = Readonly<Record<string, string | number | undefined>>;

function address(path: string, query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, String(value)]]));
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`;
}

async function ask(path: string, query: Query, signal: AbortSignal): Promise<Response> {
  const key = storedKey();
  const response = await fetch(address(path, query), { headers: key === null ? {} : { authorization: `Bearer ${key}` }, signal });
  if (response.ok) return response;
  if (response.status === 401 || response.status === 403) keyRefused(key);
  throw new ApiError(await problemOf(response));
}

/**
 * Asks for JSON. `T` is what the API documents for the path (api/types.ts).
 * @throws ApiError for an answer other than 2xx; whatever `fetch` throws for none
 */
export async function getJson<T>(path: string, query: Query, signal: AbortSignal): Promise<T> {
  const response = await ask(path, query, AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]));
  const body: T = await response.json();
  return body;
}

/**
 * Sends JSON. A refusal of the key is no reason to ask for another one: who may read need not be allowed to send.
 * @throws ApiError for an answer other than 2xx; whatever `fetch` throws for none
 */
export async function postJson(path: string, body: unknown, signal: AbortSignal): Promise<void> {
  const key = storedKey();
  const headers = { 'content-type': 'application/json', ...(key === null ? {} : { authorization: `Bearer ${key}` }) };
  const until = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body), signal: until });
  if (!response.ok) throw new ApiError(await problemOf(response));
}

/** Asks for a file. Its size has no limit here: browsers keep large blobs on disk. */
export async function getFile(path: string, query: Query, signal: AbortSignal): Promise<Blob> {
  const response = await ask(path, query, signal);
  return response.blob();
}
