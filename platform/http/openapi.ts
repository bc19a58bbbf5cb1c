/** The OpenAPI 3.1 document of routes: everything in it comes from their own schemas. */
import { z } from 'zod';
import { PROBLEM_TYPE, problemSchema } from './problem.ts';
import type { Content, Role, Route } from './route.ts';

export interface ApiDescription {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  /** In front of every path; empty: nothing. */
  readonly basePath: string;
  /** Whether there are keys, so that every route but open ones needs a credential. */
  readonly needsKeys: boolean;
}

/** JSON, as far as a document needs to know it. */
export type JsonObject = { readonly [name: string]: unknown };

const SCHEMAS = '#/components/schemas/';

/** The document. Schemas with a `meta({ id })` stand in it once, under their id. */
export function openApiDocument(
  routes: readonly Route[],
  { title, version, description, basePath, needsKeys }: ApiDescription,
): JsonObject {
  const schemas: Record<string, JsonObject> = {};
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const route of routes) {
    const path = openApiPath(route.path);
    paths[path] = { ...paths[path], [route.method]: operation(route, needsKeys, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: { title, version, description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: basePath === '' ? '/' : basePath }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key. Needed where the server has any.' },
        header: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'The same key in a header of its own.' },
        idToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An ID token, where the server takes any: what is sent with it is its subject’s.',
        },
        publishable: {
          type: 'apiKey',
          in: 'query',
          name: 'key',
          description: 'A publishable key, for beacons, which can send no header. It is no secret; no other key may stand in an address.',
        },
      },
    },
  };
}

/** `/api/users/:id` as OpenAPI writes it: `/api/users/{id}`. */
export function openApiPath(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

/** Where there are keys, one of these; where there are none, none. */
function credentialsFor(role: Role, needsKeys: boolean): readonly JsonObject[] {
  const ofPages = role === 'ingest' ? [{ publishable: [] }, { idToken: [] }] : [];
  return [{ bearer: [] }, { header: [] }, ...ofPages, ...(needsKeys ? [] : [{}])];
}

function operation(route: Route, needsKeys: boolean, schemas: Record<string, JsonObject>): JsonObject {
  const responses = Object.entries(route.responses).map(([status, response]) => [
    status,
    { description: response.description, ...contentOf(response.content, 'output', schemas) },
  ]);
  const error = { description: 'Anything that went wrong.', ...contentOf({ [PROBLEM_TYPE]: problemSchema }, 'output', schemas) };
  return {
    operationId: `${route.method}${route.path.replace(/[/:._-]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    tags: [route.tag],
    ...(route.role === 'open' ? {} : { security: credentialsFor(route.role, needsKeys), 'x-role': route.role }),
    ...(route.parameters ? { parameters: parametersOf(route, route.parameters, schemas) } : {}),
    ...(route.body
      ? { requestBody: { description: route.body.description, required: true, ...contentOf(route.body.content, 'input', schemas) } }
      : {}),
    responses: { ...Object.fromEntries(responses), default: error },
  };
}

function parametersOf(route: Route, parameters: z.ZodObject, schemas: Record<string, JsonObject>): readonly JsonObject[] {
  return Object.entries(parameters.shape).map(([name, field]) => {
    const schema = field as z.ZodType;
    const inPath = route.path.split('/').includes(`:${name}`);
    const { description, ...rest } = jsonSchema(schema, 'output', schemas);
    return { name, in: inPath ? 'path' : 'query', required: inPath || !schema.safeParse(undefined).success, description, schema: rest };
  });
}

function contentOf(content: Content, direction: 'input' | 'output', schemas: Record<string, JsonObject>): JsonObject {
  const entries = Object.entries(content).map(([type, schema]) => [
    type,
    { schema: schema ? jsonSchema(schema, direction, schemas) : { type: 'string' } },
  ]);
  return entries.length === 0 ? {} : { content: Object.fromEntries(entries) };
}

/** A schema as JSON Schema; those with an id move into `schemas`, and references point there. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output', schemas: Record<string, JsonObject>): JsonObject {
  const generated = z.toJSONSchema(schema, { io, target: 'draft-2020-12' });
  const text = JSON.stringify(generated).replaceAll('"#/$defs/', `"${SCHEMAS}`);
  const {
    $schema: _,
    $defs: definitions,
    ...rest
  }: { $schema?: string; $defs?: Record<string, JsonObject> } & JsonObject = JSON.parse(text);
  for (const [id, { id: _id, ...definition }] of Object.entries(definitions ?? {})) schemas[id] = definition;
  return rest;
}
