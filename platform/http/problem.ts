/** Errors as RFC 9457 problem details (`application/problem+json`). */
import { z } from 'zod';
import { type FieldProblem, fieldProblemSchema } from '#platform/words/field-problems.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** Every kind of problem that is answered: the last part of its `type`, its status and its title. */
const KINDS = {
  malformed: { status: 400, title: 'The request cannot be read' },
  unauthorized: { status: 401, title: 'An API key is needed' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'This cannot be done here' },
  timeout: { status: 408, title: 'The request took too long' },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is of the wrong type' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'expectation-failed': { status: 417, title: 'What the client expects is not done here' },
  misdirected: { status: 421, title: 'This server does not answer for that host' },
  invalid: { status: 422, title: 'Something in the request is not valid' },
  aborted: { status: 499, title: 'The client went away' },
  internal: { status: 500, title: 'Something went wrong in the server' },
  'not-implemented': { status: 501, title: 'This server cannot do that' },
  overloaded: { status: 503, title: 'There is more to do than can be done now' },
  misconfigured: { status: 503, title: 'This server is set up otherwise than its data' },
  unavailable: { status: 503, title: 'Something that this needs does not answer' },
} as const;

export type ProblemKind = keyof typeof KINDS;

/** The body of every error. Some kinds of answer add members of their own. */
export const problemSchema = z
  .looseObject({
    type: z.string().describe('A URI that names the kind of problem; the same for every occurrence.'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What is wrong this time, for a person.'),
    instance: z.string().describe('The path that was asked for.'),
    request_id: z.string().describe('The request as the server’s log names it.'),
    errors: z.array(fieldProblemSchema).optional().describe('What is wrong with which field.'),
  })
  .meta({ id: 'Problem' });

export interface ProblemExtras {
  readonly errors?: readonly FieldProblem[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Members of the body beside those of every problem. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** What was thrown; it is logged, never sent. */
  readonly cause?: unknown;
}

/** Thrown while a request is handled: the answer is this problem. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly kind: ProblemKind;
  readonly status: number;
  readonly extras: ProblemExtras;

  /** @param detail one sentence for a person, which may name what was sent but nothing of the server's inside */
  constructor(kind: ProblemKind, detail: string, extras: ProblemExtras = {}) {
    super(detail, { cause: extras.cause });
    this.kind = kind;
    this.status = KINDS[kind].status;
    this.extras = extras;
  }

  /** The body of the answer. */
  body(instance: string, requestId: string): z.infer<typeof problemSchema> {
    const { kind, status, message, extras } = this;
    return {
      type: `urn:problem-type:kaiseki:${kind}`,
      title: KINDS[kind].title,
      status,
      detail: message,
      instance,
      request_id: requestId,
      ...(extras.errors ? { errors: [...extras.errors] } : {}),
      ...extras.members,
    };
  }
}

/** No credential, or one that is not known: 401, with what is asked for. */
export function unauthorized(detail: string): HttpProblem {
  return new HttpProblem('unauthorized', detail, { headers: { 'WWW-Authenticate': 'Bearer realm="kaiseki"' } });
}

/** Seconds after which a refused client may try again. */
const RETRY_AFTER_S = 1;

/** More work than is taken on: 503 with Retry-After, a second where `extras` has no other. */
export function overloaded(detail: string, extras: ProblemExtras = {}): HttpProblem {
  return new HttpProblem('overloaded', detail, retryable(extras));
}

/** A log or tables that do not answer: 503 with Retry-After, a second where `extras` has no other. */
export function unavailable(detail: string, extras: ProblemExtras = {}): HttpProblem {
  return new HttpProblem('unavailable', detail, retryable(extras));
}

function retryable(extras: ProblemExtras): ProblemExtras {
  return { ...extras, headers: { 'Retry-After': String(RETRY_AFTER_S), ...extras.headers } };
}
