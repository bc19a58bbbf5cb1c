/** The audit of a pipeline that has come to rest: pages, totals, joins, edges and topics tell the same story, to the unit. */
import { systemClock } from '#platform/clock/clock.ts';
import type { Log } from '#platform/log/log.ts';
import type { Tables } from '#platform/tables/tables.ts';
import { auditEdges, type EdgeAudit } from '../conservation.ts';
import type { Page } from '../page.ts';
import { auditPages, readPages } from './audit-pages.testing.ts';
import { auditTopics } from './audit-topics.testing.ts';
import { auditJoins, auditTotals } from './audit-totals.testing.ts';
import type { Line } from './names.testing.ts';
import { auditedFolds, type PipelineShape } from './pipeline.testing.ts';
import type { StockState } from './stock.testing.ts';
import type { TradeState } from './trade-order.testing.ts';

export interface Audited {
  readonly log: Log;
  readonly tables: Tables;
  readonly shape: PipelineShape;
  /** What was ordered: every order, and its lines. */
  readonly orders: ReadonlyMap<string, readonly Line[]>;
  /** Orders that were started, by day. */
  readonly days: ReadonlyMap<string, number>;
}

/** What the pages say; an order that never arrived has no page. */
export interface Pages {
  readonly orders: ReadonlyMap<string, Page<TradeState>>;
  readonly products: ReadonlyMap<string, Page<StockState>>;
}

/** Waits until nothing is under way in the pipeline any more. @throws Error with the edges when it does not come to rest */
export async function untilSettled({ log, tables, shape }: Audited, patience_ms: number): Promise<readonly EdgeAudit[]> {
  const deadline_ms = systemClock.monotonic_ms() + patience_ms;
  for (;;) {
    // Servers may be on their way back.
    const edges = await auditEdges({ log, tables }, auditedFolds(shape)).catch((error: unknown) => String(error));
    if (typeof edges !== 'string' && edges.every(({ isSettled, inTransit }) => isSettled && inTransit <= 0)) return edges;
    if (systemClock.monotonic_ms() > deadline_ms) throw new Error(`the pipeline does not come to rest: ${JSON.stringify(edges)}`);
    await systemClock.sleep(100);
  }
}

/** What the audit found, and how the orders ended. */
export interface AuditReport {
  /** Empty where all is well. */
  readonly problems: readonly string[];
  /** Orders by outcome; those that a deadline cancelled are named `deadline`. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Records in the topics that an earlier one had sent before: what dying folds and brokers left behind. */
  readonly sentTwice: number;
}

/** The whole audit, once the pipeline is settled. */
export async function auditPipeline(audited: Audited, edges: readonly EdgeAudit[]): Promise<AuditReport> {
  const pages = await readPages(audited);
  const topics = await auditTopics(audited, pages);
  const problems = [
    ...auditPages(audited, pages),
    ...(await auditTotals(audited, pages)),
    ...(await auditJoins(audited, pages)),
    ...auditEdgeCounts(edges, pages),
    ...topics.problems,
  ];
  const states = [...pages.orders.values()].map(({ state }) => state);
  const outcomes = Object.groupBy(states, ({ status, reason }) => (reason === 'deadline' ? reason : status));
  return {
    problems,
    outcomes: Object.fromEntries(Object.entries(outcomes).map(([outcome, ended]) => [outcome, ended?.length ?? 0])),
    sentTwice: topics.sentTwice,
  };
}

/** Nothing in transit, nothing rejected, and along each edge what the pages say. */
function auditEdgeCounts(edges: readonly EdgeAudit[], pages: Pages): string[] {
  const lines = [...pages.orders.values()].flatMap(({ state }) => state.lines);
  const released = lines.filter((line) => line.answer === 'released').length;
  const expected = new Map([
    ['trade → stock', lines.length + released],
    [
      'trade → trade',
      pages.orders
        .values()
        .filter(({ state }) => state.status !== 'none')
        .toArray().length,
    ],
    ['stock → trade', lines.length],
  ]);
  return edges.flatMap(({ from, to, sent, heard, rejected, inTransit, isSettled }) => {
    const edge = `${from} → ${to}`;
    const asIt = sent === expected.get(edge) && heard === sent && rejected === 0 && inTransit === 0 && isSettled;
    return asIt ? [] : [`${edge}: sent ${sent}, heard ${heard}, rejected ${rejected}, settled ${isSettled}, not ${expected.get(edge)}`];
  });
}
