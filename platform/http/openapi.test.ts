import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { documentationRoutes } from './docs.ts';
import { ask, serve } from './http.testing.ts';
import { type JsonObject, openApiDocument } from './openapi.ts';
import { defineRoute, problemResponse, type Route } from './route.ts';

const api = { title: 'Test', version: '1.2.3', description: 'A test.', basePath: '', needsKeys: false };
const thing = z.strictObject({ name: z.string() }).meta({ id: 'Thing' });

const routes: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/things/:id',
    summary: 'a thing',
    tag: 'test',
    role: 'read',
    parameters: z.strictObject({
      id: z.string().describe('Its id.'),
      limit: z.coerce.number().int().min(1).max(9).default(3).describe('How many.'),
      prefix: z.string().optional(),
    }),
    responses: {
      200: { description: 'The thing.', content: { 'application/json': z.strictObject({ things: z.array(thing) }) } },
      404: problemResponse('No such thing.'),
    },
    handle: async () => {},
  }),
  {
    method: 'post',
    path: '/things',
    summary: 'make a thing',
    tag: 'test',
    role: 'open',
    body: { description: 'It.', content: { 'application/json': thing } },
    responses: { 200: { description: 'Made.', content: { 'text/plain': undefined } } },
    handle: async () => {},
  },
];

/** Every `$ref` in a document. */
function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === '$ref' ? [String(inner)] : references(inner)));
}

describe('the OpenAPI document', () => {
  const document = openApiDocument(routes, api);
  const paths = document.paths as Record<string, Record<string, JsonObject>>;

  it('has an operation a route', () => {
    expect(Object.entries(paths).flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method} ${path}`))).toEqual([
      'get /things/{id}',
      'post /things',
    ]);
    const ids = Object.values(paths).flatMap((operations) => Object.values(operations).map((operation) => operation.operationId));
    expect(ids).toEqual(['getThingsId', 'postThings']);
  });

  it('has the parameters as their schemas say', () => {
    expect(paths['/things/{id}']?.get?.parameters).toEqual([
      { name: 'id', in: 'path', required: true, description: 'Its id.', schema: { type: 'string' } },
      {
        name: 'limit',
        in: 'query',
        required: false,
        description: 'How many.',
        schema: { type: 'integer', minimum: 1, maximum: 9, default: 3 },
      },
      { name: 'prefix', in: 'query', required: false, schema: { type: 'string' } },
    ]);
  });

  it('asks for a key where the route does', () => {
    expect(paths['/things/{id}']?.get?.security).toBeDefined();
    expect(paths['/things']?.post?.security).toBeUndefined();
  });

  it('holds each named schema once, and every reference leads to one', () => {
    const { schemas } = document.components as { schemas: Record<string, JsonObject> };
    expect(Object.keys(schemas).sort()).toEqual(['FieldProblem', 'Problem', 'Thing']);
    expect(schemas.Thing).toEqual({
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
      additionalProperties: false,
    });
    const all = references(document);
    expect(all).toContain('#/components/schemas/Thing');
    for (const reference of all) expect(Object.keys(schemas).map((id) => `#/components/schemas/${id}`)).toContain(reference);
  });
});

describe('the documentation', () => {
  const documented = [...routes, ...documentationRoutes(routes, api)];

  it('is served, itself included', async () => {
    const { url } = await serve(documented);
    const { json } = await ask(url, documented, '/openapi.json');
    expect(Object.keys((json as { paths: object }).paths)).toEqual(['/things/{id}', '/things', '/openapi.json', '/docs', '/docs/{file}']);
  });

  it('is a page whose every file comes from here', async () => {
    const { url } = await serve(documented);
    const page = await ask(url, documented, '/docs');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)]
      .map((match) => match[1] as string)
      .filter((file) => !file.startsWith('data:'));
    expect(files).toEqual(['docs/swagger-ui.css', 'docs/swagger-ui-bundle.js', 'docs/start.js']);
    for (const file of files) expect((await ask(url, documented, `/${file}`)).status, file).toBe(200);
    expect((await ask(url, documented, '/docs/start.js')).text).toContain("url: 'openapi.json'");
    expect((await ask(url, documented, '/docs/package.json')).status).toBe(404);
    expect((await ask(url, documented, `/docs/${encodeURIComponent('../package.json')}`)).status).toBe(404);
  });
});
