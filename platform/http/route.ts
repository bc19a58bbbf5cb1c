/** A route as data: the router, the OpenAPI document and the access check all come from it. */
import type { ParameterizedContext } from 'koa';
import type { z } from 'zod';
import { fieldProblems } from '#platform/words/field-problems.ts';
import { plainWords } from '#platform/words/plain-words.ts';
import { HttpProblem, PROBLEM_TYPE, problemSchema } from './problem.ts';

/** What an API key may do. `open` routes ask for none (probes, documentation). */
export type Role = 'ingest' | 'read' | 'open';

/** What a body may be: the schema of its JSON, or of each line of NDJSON; undefined where it is no JSON. */
export type Content = Readonly<Record<string, z.ZodType | undefined>>;

export interface RouteResponse {
  readonly description: string;
  /** Content type → what the body may be; none where there is no body. */
  readonly content: Content;
}

export interface Route {
  readonly method: 'get' | 'post';
  /** In @koa/router's syntax: `/api/users/:id`. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  readonly role: Role;
  /** Path and query parameters; `handle` reads them by it. */
  readonly parameters?: z.ZodObject;
  /** The request body as OpenAPI shows it. The handler reads it with body.ts. */
  readonly body?: { readonly description: string; readonly content: Content };
  /** Its own answers by status. What any route may answer (401, 403, 422 for parameters, 500) is not listed here. */
  readonly responses: Readonly<Record<number, RouteResponse>>;
  /** @param raw path and query parameters as they were sent. @throws HttpProblem */
  handle(context: ParameterizedContext, raw: Readonly<Record<string, unknown>>): Promise<void>;
}

/** A route whose handler gets its parameters as their schema says; a mistake is answered with 422 and the field's name. */
export function defineRoute<const P extends z.ZodObject>(
  route: Omit<Route, 'parameters' | 'handle'> & {
    readonly parameters: P;
    handle(context: ParameterizedContext, parameters: z.infer<P>): Promise<void>;
  },
): Route {
  const known = Object.keys(route.parameters.shape).filter((name) => !route.path.split('/').includes(`:${name}`));
  return {
    ...route,
    handle(context, raw) {
      const parsed = route.parameters.safeParse(raw, { error: plainWords });
      if (parsed.success) return route.handle(context, parsed.data);
      throw new HttpProblem('invalid', 'Some parameters are not valid.', { errors: fieldProblems(parsed.error, 'parameters', known) });
    },
  };
}

/** An answer that is a problem. */
export function problemResponse(description: string): RouteResponse {
  return { description, content: { [PROBLEM_TYPE]: problemSchema } };
}

/** Answers with JSON. */
export function sendJson(context: ParameterizedContext, status: number, value: unknown): void {
  context.status = status;
  context.set('Content-Type', 'application/json');
  context.body = JSON.stringify(value);
}
