/** Faults that strike a pipeline in the middle of its orders, and the audit after each. */
import { systemClock as clock } from '#platform/clock/clock.ts';
import type { Log } from '#platform/log/log.ts';
import type { Tables } from '#platform/tables/tables.ts';
import { table } from '../../../tools/faults/report.testing.ts';
import { type AuditReport, auditPipeline, untilSettled } from './audit.testing.ts';
import { figuresOf, totalsOf } from './audit-totals.testing.ts';
import { Customers } from './customers.testing.ts';
import type { PipelineShape } from './pipeline.testing.ts';
import { PipelineProcesses } from './processes.testing.ts';
import { createPlace, dropPlace, openAt, type PipelinePlace } from './servers.testing.ts';

export const PROCESSES = 3;
const SHAPE: PipelineShape = { tradeShards: 6, stockShards: 4, deadline_ms: 6_000, initialUnits: 400 };
const ORDERS = 600;
const PER_SECOND = 100;
/** How far into the orders a fault strikes. */
const STRIKE_MS = 3_000;
const SETTLE_MS_MAX = 300_000;

/** What the table of outcomes needs to be read. */
export const CONDITIONS = `${ORDERS} orders at ${PER_SECOND}/s a fault, which strikes after ${STRIKE_MS / 1_000} s; a deadline of ${SHAPE.deadline_ms / 1_000} s; ${PROCESSES} processes, each with both folds and the forwarder.`;

const FINAL = ['confirmed', 'refused', 'cancelled'] as const;

export interface Outcome {
  readonly fault: string;
  readonly orders: number;
  /** What became of these orders, and of those before that a customer cancelled later. */
  readonly outcomes: AuditReport['outcomes'];
  /** Emissions that stand in the topics once more. */
  readonly sentTwice: number;
  readonly problems: readonly string[];
  /** Until the next order after the fault had ended. */
  readonly moved_s: number;
}

export class Strikes {
  readonly place: PipelinePlace;
  readonly processes: PipelineProcesses;
  readonly #customers = new Customers({ clock, seed: 7 });
  readonly #log: Log;
  readonly #tables: Tables;
  readonly #close: () => Promise<void>;
  #before: Pick<AuditReport, 'outcomes' | 'sentTwice'> = { outcomes: {}, sentTwice: 0 };

  static async open(brokers: readonly string[], contactPoints: readonly string[]): Promise<Strikes> {
    return new Strikes(await createPlace({ brokers, contactPoints, localDataCenter: 'datacenter1', shape: SHAPE }));
  }

  private constructor(place: PipelinePlace) {
    this.place = place;
    this.processes = new PipelineProcesses(place);
    this.processes.start(PROCESSES);
    const { log, tables, close } = openAt(place);
    [this.#log, this.#tables, this.#close] = [log, tables, close];
  }

  /** Lets a fault strike while customers order; audits everything when the pipeline has come to rest. */
  async under(fault: string, act: () => Promise<void>): Promise<Outcome> {
    const ordering = this.#customers.order(this.#log, ORDERS, PER_SECOND);
    await Promise.all([clock.sleep(STRIKE_MS), this.#untilMoved()]);
    const [moved_ms] = await Promise.all([this.#untilMoved(), act()]);
    await ordering;
    const audited = { log: this.#log, tables: this.#tables, shape: SHAPE, ...this.#customers };
    const report = await auditPipeline(audited, await untilSettled(audited, SETTLE_MS_MAX));
    const before = this.#before;
    this.#before = report;
    return {
      fault,
      orders: ORDERS,
      outcomes: Object.fromEntries(Object.entries(report.outcomes).map(([name, orders]) => [name, orders - (before.outcomes[name] ?? 0)])),
      sentTwice: report.sentTwice - before.sentTwice,
      problems: [...report.problems, ...this.processes.alarms],
      moved_s: Math.round(moved_ms / 100) / 10,
    };
  }

  async close(): Promise<void> {
    await this.processes.kill();
    await this.#close();
    await dropPlace(this.place);
  }

  /** Milliseconds until more orders had ended than a moment after the call. */
  async #untilMoved(): Promise<number> {
    const struck_ms = clock.monotonic_ms();
    await clock.sleep(500);
    let before: number | undefined;
    while (clock.monotonic_ms() - struck_ms < SETTLE_MS_MAX) {
      const now = await this.#ended().catch(() => undefined);
      if (before !== undefined && now !== undefined && now > before) break;
      before ??= now;
      await clock.sleep(100);
    }
    return clock.monotonic_ms() - struck_ms;
  }

  /** Orders that have ended. */
  async #ended(): Promise<number> {
    const figures = figuresOf(await totalsOf(this.#tables, 'trade', SHAPE.tradeShards));
    return FINAL.reduce((sum, status) => sum + (figures.get(`all/${status}/orders`) ?? 0), 0);
  }
}

export function outcomeTable(outcomes: readonly Outcome[]): string[] {
  const endings = ['confirmed', 'refused', 'cancelled', 'deadline'];
  return table(
    [
      'fault',
      'orders',
      'confirmed',
      'refused',
      'cancelled',
      'given up',
      'lost or doubled',
      'emissions sent again',
      'seconds until orders ended',
    ],
    outcomes.map((one) => [
      one.fault,
      one.orders,
      ...endings.map((ending) => one.outcomes[ending] ?? 0),
      one.problems.length,
      one.sentTwice,
      one.moved_s,
    ]),
  );
}
