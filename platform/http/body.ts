/** Request bodies: read whole, up to a limit, with a bound on what all requests hold together. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { ParameterizedContext } from 'koa';
import { withoutByteOrderMark } from '#platform/words/byte-order-mark.ts';
import { HttpProblem, overloaded } from './problem.ts';

/** The bytes of all bodies that are in memory, with a limit: a thousand slow uploads must not fill it. */
export class BodyBudget {
  readonly limit_bytes: number;
  #held_bytes = 0;

  constructor(limit_bytes: number) {
    this.limit_bytes = limit_bytes;
  }

  get held_bytes(): number {
    return this.#held_bytes;
  }

  /** @throws HttpProblem (503) when there is no room */
  take(bytes: number): void {
    if (this.#held_bytes + bytes > this.limit_bytes) throw overloaded('Too many bodies are being read now.');
    this.#held_bytes += bytes;
  }

  give(bytes: number): void {
    this.#held_bytes -= bytes;
  }
}

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
 * @throws HttpProblem 415 for another type or an encoding, 413 above the limit (announced or not), 400 for bytes that
 * are no UTF-8, 503 when all bodies together are too much, 499 when the client goes away
 */
export async function withTextBody<T>(context: ParameterizedContext, rules: BodyRules, use: (body: TextBody) => Promise<T>): Promise<T> {
  const type = contentType(context, rules.types);
  const announced = context.req.headers['content-length'];
  if (announced !== undefined && Number(announced) > rules.limit_bytes) throw tooLarge(rules.limit_bytes);
  const held = new HeldBytes(rules.budget);
  try {
    const bytes = await readBytes(context.req, rules.limit_bytes, held);
    if (!isUtf8(bytes)) throw new HttpProblem('malformed', 'The body is not UTF-8.');
    return await use({ type, text: withoutByteOrderMark(bytes.toString('utf8')) });
  } finally {
    held.giveAll();
  }
}

/** JSON from text. @throws HttpProblem 400 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HttpProblem('malformed', `The body is not JSON: ${cause instanceof Error ? cause.message : 'it cannot be parsed'}.`, {
      cause,
    });
  }
}

function contentType(context: ParameterizedContext, types: readonly string[]): string {
  const { headers } = context.req;
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
    throw new HttpProblem('unsupported-media-type', 'Bodies must be sent without Content-Encoding.');
  }
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  if (types.includes(type.trim()) && (charset === undefined || /^charset="?utf-?8"?$/.test(charset))) return type.trim();
  throw new HttpProblem(
    'unsupported-media-type',
    `The body must be UTF-8 and say what it is: send the header Content-Type: ${types.join(' or ')}.`,
  );
}

function tooLarge(limit_bytes: number): HttpProblem {
  return new HttpProblem('too-large', `The body has more than ${limit_bytes} bytes.`);
}

class HeldBytes {
  readonly #budget: BodyBudget;
  #bytes = 0;

  constructor(budget: BodyBudget) {
    this.#budget = budget;
  }

  take(bytes: number): void {
    this.#budget.take(bytes);
    this.#bytes += bytes;
  }

  giveAll(): void {
    this.#budget.give(this.#bytes);
    this.#bytes = 0;
  }
}

/**
 * Events rather than an async iterator, which would destroy the connection where a body is refused: the client would
 * see a reset instead of the answer. The rest of a refused body is read and dropped, for as long as the server's request
 * timeout allows. The listeners stay: taking them off costs more than they do.
 */
function readBytes(request: IncomingMessage, limit_bytes: number, held: HeldBytes): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let bytes = 0;
    let refused = false;
    const refuse = (problem: unknown) => {
      refused = true;
      chunks = [];
      reject(problem);
    };
    request.on('data', (chunk: Buffer) => {
      if (refused) return;
      bytes += chunk.length;
      if (bytes > limit_bytes) return refuse(tooLarge(limit_bytes));
      try {
        held.take(chunk.length);
        chunks.push(chunk);
      } catch (problem) {
        refuse(problem);
      }
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('close', () => {
      if (!request.readableEnded) refuse(new HttpProblem('aborted', 'The client went away before its body had arrived.'));
    });
  });
}
