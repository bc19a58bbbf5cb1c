/** GET /api/summaries: the orders of closed days, as the daily job counted them. */
import { z } from 'zod';
import { addDays, daysBetween, isDay } from '#platform/clock/day.ts';
import { HttpProblem } from '#platform/http/problem.ts';
import { defineRoute, type Route, sendJson } from '#platform/http/route.ts';
import type { Row } from '#platform/tables/tables.ts';
import type { Menu } from '../menu.ts';
import { dailySummary, monthOf } from '../tables.ts';
import type { ReadTables } from './read-tables.ts';

const DAYS_MAX = 366;
const DAYS_STANDARD = 30;
/** Rows read at once. */
const PAGE_ROWS = 1_000;

const summariesSchema = z
  .strictObject({
    summaries: z.array(
      z.strictObject({ date: z.iso.date(), segment: z.string(), total_count: z.int().min(0).describe('Orders of that day.') }),
    ),
  })
  .meta({ id: 'Summaries' });

/** The days that orders may have (order.ts): west of Greenwich 1970 began a day earlier. */
const FIRST_DAY = '1969-12-31';
const LAST_DAY = '9999-12-31';

export interface SummariesOptions {
  readonly menu: Menu;
  readonly tables: ReadTables;
  /** The day that it is now. */
  today(): string;
}

export function summariesRoute({ menu, tables, today }: SummariesOptions): Route {
  const names = menu.dimensions.map((dimension) => dimension.name);
  const day = z.iso
    .date({ error: 'must be a day such as 2025-05-30' })
    .refine((text) => !isDay(text) || (text >= FIRST_DAY && text <= LAST_DAY), `must lie from ${FIRST_DAY} to ${LAST_DAY}`)
    .optional();
  return defineRoute({
    method: 'get',
    path: '/api/summaries',
    summary: 'Orders of closed days by menu type',
    description: 'What the daily job counted. By date, then in the menu’s order. A day that was not counted yet is not there.',
    tag: 'summary',
    role: 'read',
    parameters: z.strictObject({
      from: day.describe(`The first day; ${DAYS_STANDARD} days up to \`to\` unless named.`),
      to: day.describe('The last day; today unless named.'),
      dimension: z
        .enum(names, { error: `must be one of ${names.join(', ')}` })
        .optional()
        .describe('Only this dimension of the menu.'),
    }),
    responses: { 200: { description: 'The summaries.', content: { 'application/json': summariesSchema } } },
    async handle(context, { to = today(), from = addDays(to, 1 - DAYS_STANDARD), dimension }) {
      mustBeRange(from, to);
      const segments = dimension === undefined ? menu.menuTypes : menu.segmentsOf(dimension);
      const rank = new Map(segments.map((segment, index) => [segment, index]));
      const rankOf = (row: Row<typeof dailySummary>) => rank.get(row.segment) ?? -1;
      const months = new Set(daysBetween(from, to).map(monthOf));
      const rows = await Promise.all([...months].map((month) => readMonth(tables, month)));
      const wanted = rows.flat().filter((row) => row.order_date >= from && row.order_date <= to && rank.has(row.segment));
      wanted.sort((a, b) => (a.order_date === b.order_date ? rankOf(a) - rankOf(b) : a.order_date < b.order_date ? -1 : 1));
      sendJson(context, 200, {
        summaries: wanted.map(({ order_date, segment, total_count }) => ({ date: order_date, segment, total_count })),
      });
    },
  });
}

function mustBeRange(from: string, to: string): void {
  const problem =
    from > to ? 'must not lie after to' : from < addDays(to, 1 - DAYS_MAX) ? `must lie at most ${DAYS_MAX} days before to` : undefined;
  if (problem) throw new HttpProblem('invalid', 'Some parameters are not valid.', { errors: [{ field: 'from', problem }] });
}

async function readMonth(tables: ReadTables, month: string): Promise<Row<typeof dailySummary>[]> {
  const rows: Row<typeof dailySummary>[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await tables.page(dailySummary, { within: { month }, limit: PAGE_ROWS, ...(cursor === undefined ? {} : { cursor }) });
    rows.push(...page.rows);
    cursor = page.cursor;
    if (cursor === undefined) return rows;
  }
}
