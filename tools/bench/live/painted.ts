/** From an order's POST to its number painted in a browser of somebody else, while others order; and to the totals themselves. */
import { systemClock as clock } from '#platform/clock/clock.ts';
import { launchBrowser } from '#workloads/web/browser.testing.ts';
import { Connection, requestBytes } from '../connection.ts';
import { atMost, type Figure, quantileOf } from '../figures.ts';
import { startWorkloads, temporaryDirectory } from '../program.ts';
import { untilVisible } from '../visible.ts';
import { PaintedPage } from './painted-page.ts';
import { steadyOrders } from './steady-orders.ts';

export interface PaintedSizes {
  readonly rounds: number;
  readonly probes: number;
  readonly ordersPerSecond: number;
}

/** Where orders are sent to, and where pages and totals come from. */
export interface PaintedAddresses {
  readonly ingest: string;
  readonly pages: string;
}

/** One round. */
export interface Painted {
  readonly ordersPerSecond: number;
  readonly painted50_ms: number;
  readonly painted99_ms: number;
  readonly visible50_ms: number;
  readonly visible99_ms: number;
}

/** Between two probes: not a multiple of the rounds in which changes are pushed. */
const PAUSE_MS = 61;
const WARM_UP_MS = 3_000;
const GOAL_P99_MS = 400;

/** The whole program in one process. */
export async function embeddedPainted(sizes: PaintedSizes): Promise<Figure[]> {
  using directory = temporaryDirectory();
  await using program = await startWorkloads(['all'], { KAISEKI_DATA_DIR: directory.path });
  const rounds = await measurePainted({ ingest: program.address, pages: program.address }, sizes);
  return paintedFigures(rounds, sizes, GOAL_P99_MS);
}

export async function measurePainted({ ingest, pages }: PaintedAddresses, sizes: PaintedSizes): Promise<Painted[]> {
  const browser = await launchBrowser();
  try {
    const page = await PaintedPage.open(browser, pages);
    const [sender, totals] = [await Connection.open(ingest), await Connection.open(pages)];
    const measured: Painted[] = [];
    for (let round = 0, orders = 0; round < sizes.rounds; round++) {
      const others = await steadyOrders(ingest, sizes.ordersPerSecond, round);
      await clock.sleep(WARM_UP_MS);
      const [painted, visible]: [number[], number[]] = [[], []];
      for (let probe = 0; probe < sizes.probes; probe++) {
        orders++;
        const sent_ms = clock.now_ms();
        await send(sender, orders, sent_ms);
        const [painted_ms, visible_ms] = await Promise.all([page.paintedAt_ms(orders), visibleAt_ms(totals, orders)]);
        painted.push(painted_ms - sent_ms);
        visible.push(visible_ms - sent_ms);
        await clock.sleep(PAUSE_MS);
      }
      measured.push({
        ordersPerSecond: (await others.stop()).perSecond,
        painted50_ms: quantileOf(painted, 0.5),
        painted99_ms: quantileOf(painted, 0.99),
        visible50_ms: quantileOf(visible, 0.5),
        visible99_ms: quantileOf(visible, 0.99),
      });
    }
    for (const connection of [sender, totals]) connection.close();
    return measured;
  } finally {
    await browser.close();
  }
}

/** @param goalP99_ms what p99 of being painted is to stay below, if anything */
export function paintedFigures(rounds: readonly Painted[], { probes }: PaintedSizes, goalP99_ms?: number): Figure[] {
  const values = (member: keyof Painted) => rounds.map((round) => round[member]);
  const painted = '`POST /api/log` → painted in a second browser';
  const visible = 'the same order → visible in `/api/totals`';
  const goal = goalP99_ms === undefined ? {} : { goal: atMost(goalP99_ms) };
  return [
    { what: 'orders of others while it was measured', unit: 'orders/s', values: values('ordersPerSecond') },
    { what: `${painted}, p50 of ${probes}`, unit: 'ms', values: values('painted50_ms') },
    { what: `${painted}, p99 of ${probes}`, unit: 'ms', values: values('painted99_ms'), ...goal },
    { what: `${visible}, p50 of ${probes}`, unit: 'ms', values: values('visible50_ms') },
    { what: `${visible}, p99 of ${probes}`, unit: 'ms', values: values('visible99_ms') },
  ];
}

/** Sends the `number`-th mushroom. */
async function send(connection: Connection, number: number, sent_ms: number): Promise<void> {
  const order = { user_id: `prober-${number}`, timestamp: new Date(sent_ms).toISOString(), menu_type: 'kinoko' };
  const { status, body } = await connection.request(requestBytes('POST', '/api/log', 'application/json', JSON.stringify(order)));
  if (status !== 202) throw new Error(`the order was answered with ${status}: ${body}`);
}

async function visibleAt_ms(connection: Connection, orders: number): Promise<number> {
  await untilVisible(connection, 'snack', orders);
  return clock.now_ms();
}
