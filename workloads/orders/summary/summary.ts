/** Workload: answers questions about segments, users, totals and days from the tables. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DayCutter } from '#platform/clock/day.ts';
import type { Platform, Workload } from '../../workload.ts';
import { PinWatch } from '../pin-watch.ts';
import { menuRoute } from './menu-route.ts';
import { readTables } from './read-tables.ts';
import { segmentUsersRoute } from './segment-users.ts';
import { segmentsRoute } from './segments.ts';
import { summariesRoute } from './summaries.ts';
import { TotalsReader, totalsRoute } from './totals.ts';
import { userRoutes } from './users.ts';

/** Where `npm run build:pages` puts the pages. */
const PAGES = join(import.meta.dirname, '..', '..', 'web', 'dist');

/** Its routes read the tables. They answer 503 while those do not, and where the orders were counted under other settings. */
export function createSummary({ settings, tables: store, clock, metrics, logger }: Platform): Workload {
  const { menu, layout, timeZone, normalizeIds } = settings.orders;
  const { shards } = layout;
  const tables = readTables(store);
  const days = new DayCutter(timeZone);
  const today = () => days.dayOf(clock.now_ms());
  const totals = new TotalsReader({ tables, shards, clock, metrics });
  const pin = new PinWatch({
    workload: 'summary',
    settings: settings.orders,
    tables: store,
    clock,
    logger: logger.child({ workload: 'summary' }),
  });
  const routes = [
    menuRoute(menu, timeZone, today),
    segmentsRoute({ menu, shards, tables, totals }),
    segmentUsersRoute({ menu, shards, tables, totals, normalizeIds }),
    totalsRoute(menu, totals),
    summariesRoute({ menu, tables, today }),
    ...userRoutes({ tables, layout, normalizeIds }),
  ];
  return {
    name: 'summary',
    needs: ['tables'],
    routes: routes.map((route) => ({
      ...route,
      async handle(context, raw) {
        pin.mustFit();
        await route.handle(context, raw);
      },
    })),
    start: () => pin.start(),
    async stop() {
      pin.stop();
    },
    readiness: () => [pin.readiness()],
    // A checkout whose pages are not built answers everything else.
    ...(existsSync(PAGES) ? { pages: PAGES } : {}),
  };
}
