/** GET /api/menu: what a page needs to know before it asks for anything else. */
import { z } from 'zod';
import { type Route, sendJson } from '#platform/http/route.ts';
import { type Menu, menuSchema } from '../menu.ts';

const menuAnswerSchema = menuSchema
  .safeExtend({
    time_zone: z.string().describe('The IANA time zone in which days begin and end.'),
    today: z.iso.date().describe('The day that it is there now.'),
  })
  .meta({ id: 'Menu' });

/** @param today the day that it is now */
export function menuRoute(menu: Menu, timeZone: string, today: () => string): Route {
  return {
    method: 'get',
    path: '/api/menu',
    summary: 'The dimensions and their menu types',
    tag: 'summary',
    role: 'read',
    responses: { 200: { description: 'The menu.', content: { 'application/json': menuAnswerSchema } } },
    async handle(context) {
      sendJson(context, 200, { dimensions: menu.dimensions, time_zone: timeZone, today: today() });
    },
  };
}
