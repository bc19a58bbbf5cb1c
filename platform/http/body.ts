/** Request bodies: read whole, up to a limit, with a bound on what all requests hold together. */
import { isUtf8 } from 'node:buffer';
import type { ParameterizedContext } from 'koa';
import { withoutByteOrderMark } from '#platform/words/byte-order-mark.ts';
import { type BodyBudget, HeldBytes } from './body-budget.ts';
import { readBytes, tooLarge } from './body-bytes.ts';
import { tooMuchJson } from './json-limits.ts';
import { isFromListedOrigin } from './origins.ts';
import { HttpProblem } from './problem.ts';

const JSON_TYPE = 'application/json';
/** What browsers send without a preflight, beacons too. From a page that is not listed it would be anybody's forgery. */
const PLAIN_TEXT = 'text/plain';

export interface BodyRules {
  /** The content types that are read. */
  readonly types: readonly string[];
  readonly limit_bytes: number;
  readonly budget: BodyBudget;
}

/** A body as text, and its type: one of the rules' types. */
export interface TextBody {
  readonly type: string;
  readonly text: string;
}

/**
 * Reads the body and hands its text to `use`; the body counts against the budget until `use` has ended.
 * @throws HttpProblem 415 for another type or encoding, 413 above the limit (announced or not, packed or unpacked), 400 for
 * bytes that are no UTF-8 or no gzip, 503 when all bodies together are too much, 499 when the client goes away
 */
export async function withTextBody<T>(context: ParameterizedContext, rules: BodyRules, use: (body: TextBody) => Promise<T>): Promise<T> {
  const type = contentType(context, rules.types);
  const isPacked = encodingOf(context) === 'gzip';
  const announced = context.req.headers['content-length'];
  if (announced !== undefined && Number(announced) > rules.limit_bytes) throw tooLarge(rules.limit_bytes);
  const held = new HeldBytes(rules.budget);
  try {
    const bytes = await readBytes(context.req, isPacked, rules.limit_bytes, held);
    if (!isUtf8(bytes)) throw new HttpProblem('malformed', 'The body is not UTF-8.');
    return await use({ type, text: withoutByteOrderMark(bytes.toString('utf8')) });
  } finally {
    held.giveAll();
  }
}

/** JSON from text. @throws HttpProblem 400, 413 for more of it than is parsed (json-limits.ts) */
export function parseJson(text: string): unknown {
  const much = tooMuchJson(text);
  if (much !== undefined) throw new HttpProblem('too-large', `The body ${much}.`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HttpProblem('malformed', `The body is not JSON: ${cause instanceof Error ? cause.message : 'it cannot be parsed'}.`, {
      cause,
    });
  }
}

/** How the body is packed. @throws HttpProblem 415, which says what is taken */
function encodingOf({ req: { headers } }: ParameterizedContext): 'identity' | 'gzip' {
  const encoding = headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding === 'identity') return encoding;
  if (encoding === 'gzip' || encoding === 'x-gzip') return 'gzip';
  throw new HttpProblem('unsupported-media-type', 'A body may have no Content-Encoding other than gzip.', {
    headers: { 'Accept-Encoding': 'gzip' },
  });
}

function contentType(context: ParameterizedContext, types: readonly string[]): string {
  const [type = '', ...parameters] = (context.req.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  const sent = type.trim() === PLAIN_TEXT && isFromListedOrigin(context) ? JSON_TYPE : type.trim();
  if (types.includes(sent) && (charset === undefined || /^charset="?utf-?8"?$/.test(charset))) return sent;
  throw new HttpProblem(
    'unsupported-media-type',
    `The body must be UTF-8 and say what it is: send the header Content-Type: ${types.join(' or ')}.`,
    { headers: { Accept: types.join(', '), 'Accept-Encoding': 'gzip' } },
  );
}
