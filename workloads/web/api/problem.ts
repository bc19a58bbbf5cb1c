/** Why the API gave no answer that can be shown. */

export type Problem =
  /** No answer at all: no network, no server, or too late. */
  | { readonly kind: 'unreachable' }
  /** The server answered with an error (RFC 9457), `status` being its HTTP status. */
  | { readonly kind: 'answered'; readonly status: number; readonly detail?: string };

export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.kind === 'answered' ? `HTTP ${problem.status}` : problem.kind);
    this.problem = problem;
  }
}

/** The problem that a response other than 2xx tells of. */
export async function problemOf(response: Response): Promise<Problem> {
  const { status } = response;
  if (!response.headers.get('content-type')?.includes('json')) return { kind: 'answered', status };
  const body: unknown = await response.json().catch(() => undefined);
  const detail = typeof body === 'object' && body !== null && 'detail' in body ? body.detail : undefined;
  return { kind: 'answered', status, ...(typeof detail === 'string' ? { detail } : {}) };
}

/** The problem behind anything thrown while asking the API: what is no `ApiError` is a failed or aborted request. */
export function problemIn(error: unknown): Problem {
  return error instanceof ApiError ? error.problem : { kind: 'unreachable' };
}
