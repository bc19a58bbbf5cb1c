/** A route as data: the router, the OpenAPI document and the access check all come from it. */
import type { ParameterizedContext } from 'koa';
import type { z } from 'zod';

/** What an API key may do. `open` routes ask for none (probes, metrics, documentation, the pages' files). */
export type Role = 'ingest' | 'read' | 'open';

export interface RouteResponse {
  readonly description: string;
  /** Content type → schema of the body; omitted where the body is no JSON. */
  readonly content: Readonly<Record<string, z.ZodType | undefined>>;
}

export interface Route {
  readonly method: 'get' | 'post';
  /** In @koa/router's syntax: `/api/users/:id`. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  readonly role: Role;
  /** Path and query parameters, parsed before the handler runs; a mistake is answered with 422 and the field's name. */
  readonly parameters?: z.ZodObject;
  /** The request body as OpenAPI shows it. The handler reads it with platform/http/body.ts. */
  readonly body?: { readonly description: string; readonly content: Readonly<Record<string, z.ZodType>> };
  readonly responses: Readonly<Record<number, RouteResponse>>;
  handle(context: ParameterizedContext, parameters: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Declares a route whose handler gets its parameters as their schema says. */
export function defineRoute<const P extends z.ZodObject>(
  route: Omit<Route, 'parameters' | 'handle'> & { readonly parameters: P; handle(context: ParameterizedContext, parameters: z.infer<P>): Promise<void> },
): Route {
  return { ...route, handle: (context, parameters) => route.handle(context, route.parameters.parse(parameters)) };
}
