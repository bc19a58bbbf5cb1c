/** GET /api/totals, and how totals are read: summed over all shards, once for everybody who asks at that moment. */
import { z } from 'zod';
import type { Clock } from '#platform/clock/clock.ts';
import { ALL } from '#platform/fold/totals.ts';
import { defineRoute, type Route, sendJson } from '#platform/http/route.ts';
import type { Metrics } from '#platform/metrics/metrics.ts';
import { figuresOf, type OrderFigures } from '../measures.ts';
import type { Menu } from '../menu.ts';
import { ORDERS_FOLD } from '../orders-fold.ts';
import { dimensionParameter } from './parameters.ts';
import type { ReadTables } from './read-tables.ts';

/** How old totals may be when they are handed out again, in milliseconds from when their reading began: this much is added to how late an order shows. */
const BELIEVED_MS = 25;
/** Periods kept at the most. */
const PERIODS_MAX = 64;

interface Reading {
  readonly totals: Promise<ReadonlyMap<string, OrderFigures>>;
  readonly began_ms: number;
  isUnderWay: boolean;
}

export interface TotalsReaderOptions {
  readonly tables: Pick<ReadTables, 'readShard'>;
  readonly shards: number;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** Live totals. However many ask for a period, its shards are read once at a time and at most every BELIEVED_MS. */
export class TotalsReader {
  readonly #options: TotalsReaderOptions;
  readonly #readings = new Map<string, Reading>();

  constructor(options: TotalsReaderOptions) {
    this.#options = options;
  }

  /** The totals of every segment that has any, for `all` or a day. @throws HttpProblem (503) */
  async read(period: string): Promise<ReadonlyMap<string, OrderFigures>> {
    const { clock, metrics } = this.#options;
    const known = this.#readings.get(period);
    if (known && (known.isUnderWay || clock.monotonic_ms() - known.began_ms < BELIEVED_MS)) {
      metrics.cache.hits.inc({ cache: 'totals' });
      return known.totals;
    }
    metrics.cache.misses.inc({ cache: 'totals' });
    const reading: Reading = { began_ms: clock.monotonic_ms(), totals: this.#sum(period), isUnderWay: true };
    this.#keep(period, reading);
    try {
      const totals = await reading.totals;
      reading.isUnderWay = false;
      return totals;
    } catch (error) {
      if (this.#readings.get(period) === reading) this.#readings.delete(period);
      throw error;
    }
  }

  /** The newest reading of a period stands last; the first one goes when there are too many. */
  #keep(period: string, reading: Reading): void {
    this.#readings.delete(period);
    this.#readings.set(period, reading);
    if (this.#readings.size <= PERIODS_MAX) return;
    const [oldest] = this.#readings.keys();
    if (oldest !== undefined) this.#readings.delete(oldest);
  }

  async #sum(period: string): Promise<ReadonlyMap<string, OrderFigures>> {
    const { tables, shards } = this.#options;
    const states = await Promise.all(
      Array.from({ length: shards }, (_, shard) => tables.readShard({ fold: ORDERS_FOLD, shard }, [period], 'quorum')),
    );
    const sums = new Map<string, OrderFigures>();
    for (const total of states.flatMap((state) => state.totals)) {
      const { orders, users } = figuresOf(total);
      const sum = sums.get(total.name) ?? { orders: 0, users: 0 };
      sums.set(total.name, { orders: sum.orders + orders, users: sum.users + users });
    }
    return sums;
  }
}

/** A segment's totals beside those that it competes with. */
export interface SegmentShare extends OrderFigures {
  readonly segment: string;
  /** Share of the orders, 0 to 1; 0 where there are none. */
  readonly ratio: number;
}

/** The shares of segments, in their order. */
export function sharesOf(
  segments: readonly string[],
  totals: ReadonlyMap<string, OrderFigures>,
): { readonly orders: number; readonly shares: readonly SegmentShare[] } {
  const own = segments.map((segment) => ({ segment, ...(totals.get(segment) ?? { orders: 0, users: 0 }) }));
  const orders = own.reduce((sum, total) => sum + total.orders, 0);
  return { orders, shares: own.map((total) => ({ ...total, ratio: orders === 0 ? 0 : total.orders / orders })) };
}

const totalsSchema = z
  .strictObject({
    dimension: z.string(),
    period: z.string(),
    orders: z.int().min(0).describe('Orders of the dimension in the period.'),
    totals: z.array(
      z.strictObject({
        segment: z.string(),
        orders: z.int().min(0),
        ratio: z.number().describe('Share of the orders, 0 to 1.'),
        users: z.int().min(0).optional().describe('People who prefer it now; for the period `all` only.'),
      }),
    ),
  })
  .meta({ id: 'Totals' });

const WRONG_PERIOD = 'must be all or a day such as 2025-05-30';

export function totalsRoute(menu: Menu, reader: TotalsReader): Route {
  return defineRoute({
    method: 'get',
    path: '/api/totals',
    summary: 'How many orders each menu type of a dimension has',
    description: `Counted live: of all time or of one day. Up to ${BELIEVED_MS} ms old.`,
    tag: 'summary',
    role: 'read',
    parameters: z.strictObject({
      dimension: dimensionParameter(menu),
      period: z
        .union([z.literal(ALL), z.iso.date(WRONG_PERIOD)], { error: WRONG_PERIOD })
        .default(ALL)
        .describe('`all`, or a day (`YYYY-MM-DD`).'),
    }),
    responses: { 200: { description: 'The totals, in the menu’s order.', content: { 'application/json': totalsSchema } } },
    async handle(context, { dimension, period }) {
      const { orders, shares } = sharesOf(menu.segmentsOf(dimension), await reader.read(period));
      const totals = shares.map(({ users, ...share }) => (period === ALL ? { ...share, users } : share));
      sendJson(context, 200, { dimension, period, orders, totals });
    },
  });
}
