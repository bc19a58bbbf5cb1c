/** The API's own documentation: /openapi.json, and Swagger UI at /docs, all of it served from here. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ServedFile } from './files.ts';
import { type ApiDescription, openApiDocument } from './openapi.ts';
import { HttpProblem } from './problem.ts';
import { defineRoute, problemResponse, type Route } from './route.ts';

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // Swagger UI writes style attributes.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Its addresses are relative: it may stand under a path of a proxy. */
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kaiseki API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" href="data:,">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

/** `validatorUrl: null`: Swagger UI would otherwise show a badge from the network. */
const START = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });
`;

/** The routes that describe `routes` and themselves. */
export function documentationRoutes(routes: readonly Route[], api: ApiDescription): readonly Route[] {
  const all: Route[] = [...routes];
  const directory = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/swagger-ui.css')));
  const files = new Map(
    ['swagger-ui.css', 'swagger-ui-bundle.js'].map((name) => [name, new ServedFile(join(directory, name), 'no-cache')]),
  );
  let document: string | undefined;
  const documentation: readonly Route[] = [
    {
      method: 'get',
      path: '/openapi.json',
      summary: 'This API as an OpenAPI 3.1 document',
      tag: 'documentation',
      role: 'open',
      responses: { 200: { description: 'The document.', content: { 'application/json': z.looseObject({ openapi: z.literal('3.1.0') }) } } },
      async handle(context) {
        document ??= JSON.stringify(openApiDocument(all, api));
        context.set('Content-Type', 'application/json');
        context.body = document;
      },
    },
    {
      method: 'get',
      path: '/docs',
      summary: 'This API as a page',
      tag: 'documentation',
      role: 'open',
      responses: { 200: { description: 'Swagger UI.', content: { 'text/html': undefined } } },
      async handle(context) {
        if (context.path.endsWith('/')) {
          // The page's addresses are relative: behind a slash they would lead to /docs/docs.
          context.status = 308;
          context.set('Location', `../docs${context.search}`);
          return;
        }
        context.set({ 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': CONTENT_SECURITY_POLICY });
        context.body = PAGE;
      },
    },
    defineRoute({
      method: 'get',
      path: '/docs/:file',
      summary: 'A file of that page',
      tag: 'documentation',
      role: 'open',
      parameters: z.strictObject({ file: z.string().describe('Its name.') }),
      responses: {
        200: { description: 'The file.', content: { 'text/css': undefined, 'text/javascript': undefined } },
        404: problemResponse('No such file.'),
      },
      async handle(context, { file }) {
        if (file === 'start.js') {
          context.set('Content-Type', 'text/javascript; charset=utf-8');
          context.body = START;
          return;
        }
        const served = files.get(file);
        if (!served) throw new HttpProblem('not-found', `There is no file ${file}.`);
        await served.send(context);
      },
    }),
  ];
  all.push(...documentation);
  return documentation;
}
