/** The query string of a request. It is read in linear time: koa's own `query` looks for a name again each time that it stands there. */
import { HttpProblem } from './problem.ts';

/** No route has half as many. */
export const QUERY_PARAMETERS_MAX = 50;

/**
 * Query parameters by name: a text, or all texts of a name that stands there several times.
 * @throws HttpProblem 400 where it is no percent-encoded UTF-8, or has more than QUERY_PARAMETERS_MAX parameters
 */
export function queryParameters(querystring: string): Readonly<Record<string, string | readonly string[]>> {
  if (querystring.split('&', QUERY_PARAMETERS_MAX + 1).length > QUERY_PARAMETERS_MAX)
    throw new HttpProblem('malformed', `A query has ${QUERY_PARAMETERS_MAX} parameters at the most.`);
  mustBeDecodable(querystring, 'The query');
  const texts = Map.groupBy(new URLSearchParams(querystring), ([name]) => name);
  return Object.fromEntries([...texts].map(([name, pairs]) => [name, pairs.length === 1 ? pairs[0]![1] : pairs.map(([, text]) => text)]));
}

/** What cannot be decoded must not become somebody's id as it was sent, or with U+FFFD in it. @throws HttpProblem 400 */
export function mustBeDecodable(encoded: string, what: string): void {
  if (!encoded.includes('%')) return;
  try {
    decodeURIComponent(encoded);
  } catch {
    throw new HttpProblem('malformed', `${what} is not percent-encoded UTF-8.`);
  }
}
