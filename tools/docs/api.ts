/** docs/reference/api.md, from the routes of all workloads and their schemas. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { z } from 'zod';
import { systemClock } from '#platform/clock/clock.ts';
import { budgetLimits } from '#platform/config/folds.ts';
import { FoldBudget } from '#platform/fold/budget.ts';
import { openApiPath } from '#platform/http/openapi.ts';
import type { Route } from '#platform/http/route.ts';
import { openLog, openTables } from '#workloads/adapters.ts';
import { WORKLOAD_NAMES, WORKLOADS } from '#workloads/catalogue.ts';
import { createProgramMetrics } from '#workloads/metrics.ts';
import { loadSettings } from '#workloads/settings.ts';
import { type Document, markdownTable, page } from './document.ts';

const SCHEMA = z.object({
  properties: z.record(z.string(), z.looseObject({ description: z.string().optional(), type: z.unknown().optional() })).default({}),
  required: z.array(z.string()).default([]),
});

export async function apiDocuments(): Promise<readonly Document[]> {
  const byTag = Map.groupBy(await allRoutes(), (route) => route.tag);
  const sections = [...byTag].flatMap(([tag, routes]) => [`## ${tag}`, '', ...routes.flatMap(section)]);
  const text = page('API', 'the routes of the workloads', [
    'The same as OpenAPI 3.1: `GET /openapi.json`, readable at `/docs` of every process. Errors are `application/problem+json` (RFC 9457). Where there are API',
    'keys, a request needs one of the role that is named (`Authorization: Bearer KEY` or `X-API-Key: KEY`). Totals are pushed over WebSocket too:',
    '`/live?dimension=…` with the protocol `kaiseki`, and the same messages as `/live/stream`. Pages of other origins that `KAISEKI_ORIGINS` lists may do all of',
    'this too ([from a LINE mini app](../how-to/line-mini-app.md)); they alone may send JSON as `text/plain`, as beacons do.',
    '',
    ...sections,
  ]);
  return [{ path: 'docs/reference/api.md', text: `${text.trimEnd()}\n` }];
}

/** The routes of every workload; none of them is started. */
async function allRoutes(): Promise<readonly Route[]> {
  const directory = mkdtempSync(join(tmpdir(), 'kaiseki-docs-'));
  const settings = loadSettings({ KAISEKI_DATA_DIR: directory });
  const logger = pino({ level: 'silent' });
  const log = await openLog(settings, systemClock, logger);
  const tables = await openTables(settings);
  try {
    const platform = {
      settings,
      log,
      tables,
      budget: new FoldBudget(budgetLimits(settings.folds, 'embedded')),
      clock: systemClock,
      metrics: createProgramMetrics(),
      logger,
    };
    const workloads = await Promise.all(WORKLOAD_NAMES.map((name) => WORKLOADS[name].create(platform)));
    return workloads.flatMap(({ routes }) => routes);
  } finally {
    await tables.close();
    await log.close();
    rmSync(directory, { recursive: true });
  }
}

function section(route: Route): string[] {
  const answers = Object.entries(route.responses).map(([status, { description, content }]) => [
    status,
    description,
    Object.keys(content)
      .map((type) => `\`${type}\``)
      .join(', '),
  ]);
  return [
    `### ${route.method.toUpperCase()} ${openApiPath(route.path)}`,
    '',
    `${route.summary}. Role: \`${route.role}\`.${route.description ? ` ${route.description}` : ''}`,
    '',
    ...(route.body
      ? [
          `Body (${Object.keys(route.body.content)
            .map((type) => `\`${type}\``)
            .join(' or ')}): ${route.body.description}`,
          '',
        ]
      : []),
    ...parameters(route),
    markdownTable(['answer', 'meaning', 'body'], answers),
    '',
  ];
}

function parameters({ parameters: schema }: Route): string[] {
  if (!schema) return [];
  const { properties, required } = SCHEMA.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  const rows = Object.entries(properties).map(([name, { description }]) => [
    `\`${name}\``,
    required.includes(name) ? 'yes' : 'no',
    description ?? '',
  ]);
  return rows.length === 0 ? [] : [markdownTable(['parameter', 'needed', 'meaning'], rows), ''];
}
