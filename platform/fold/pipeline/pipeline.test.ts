/** The pipeline on the embedded log and tables: closed in the middle, rewound, with owners that void each other, with ports that fail. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock as clock } from '#platform/clock/clock.ts';
import { until } from '#platform/log/contract/owning.ts';
import { openEmbeddedLog } from '#platform/log/embedded.ts';
import { Random } from '#platform/random/random.ts';
import { openEmbeddedTables } from '#platform/tables/embedded.ts';
import { type AuditReport, auditPipeline, untilSettled } from './audit.testing.ts';
import { figuresOf, totalsOf } from './audit-totals.testing.ts';
import { Customers } from './customers.testing.ts';
import { failingPorts } from './failing-ports.testing.ts';
import { STOCK_COMMANDS, TRADE_COMMANDS } from './names.testing.ts';
import {
  DEADLINES,
  DEFAULT_SHAPE,
  PIPELINE_LIMITS,
  type PipelineOptions,
  type PipelineShape,
  pipelineTopics,
  runPipeline,
} from './pipeline.testing.ts';
import { PipelineWatch } from './watch.testing.ts';

const SHAPE: PipelineShape = { ...DEFAULT_SHAPE, deadline_ms: 2_000, initialUnits: 40 };
const ORDERS = 120;
const PATIENCE_MS = 40_000;

/** A data directory, its customers, and what was seen of the pipelines on it. */
class Stage {
  readonly directory = mkdtempSync(join(tmpdir(), 'kaiseki-pipeline-'));
  readonly watch = new PipelineWatch();
  readonly customers: Customers;

  constructor(seed: number) {
    this.customers = new Customers({ clock, seed });
    onTestFinished(() => rmSync(this.directory, { recursive: true }));
  }

  /** Opens the log and the tables, for as many pipelines as are run on them. */
  async open() {
    const { directory, watch } = this;
    const log = await openEmbeddedLog({ directory, clock });
    const tables = await openEmbeddedTables({ directory });
    await log.createTopics(pipelineTopics(SHAPE));
    const run = (more: Partial<PipelineOptions> = {}) => runPipeline({ log, tables, clock, shape: SHAPE, observer: watch, ...more });
    const close = async () => {
      await log.close();
      await tables.close();
    };
    return { log, tables, run, close };
  }

  /** Audits a pipeline that runs, once it has come to rest. */
  async audit({ log, tables }: Pick<PipelineOptions, 'log' | 'tables'>): Promise<AuditReport> {
    const audited = { log, tables, shape: SHAPE, ...this.customers };
    const edges = await untilSettled(audited, PATIENCE_MS);
    const report = await auditPipeline(audited, edges);
    expect(report.problems).toEqual([]);
    expect(this.watch.alarms).toEqual([]);
    return report;
  }

  /** Opens all of it again, for the audit. */
  async auditLater(): Promise<AuditReport> {
    const opened = await this.open();
    try {
      await opened.run();
      return await this.audit(opened);
    } finally {
      await opened.close();
    }
  }
}

it('every order ends, and nothing is lost or doubled, though all is closed in the middle and rewound', async () => {
  const stage = new Stage(1);
  const { customers } = stage;
  const first = await stage.open();
  await first.run();
  await customers.order(first.log, ORDERS);
  await until('some orders are decided', async () => {
    const figures = figuresOf(await totalsOf(first.tables, 'trade', SHAPE.tradeShards));
    return ['confirmed', 'refused'].every((outcome) => figures.has(`all/${outcome}/orders`));
  });
  await first.close();

  // What waits meanwhile passes its deadline.
  const second = await stage.open();
  await customers.order(second.log, ORDERS);
  await customers.disturb(second.log);
  await clock.sleep(SHAPE.deadline_ms);
  const running = await second.run();
  await customers.order(second.log, ORDERS, 200);
  await running.stop();
  await second.log.rewind(TRADE_COMMANDS, 'trade', 0);
  await second.log.rewind(STOCK_COMMANDS, 'stock', 0);
  await second.log.rewind(DEADLINES, DEADLINES, 0);
  await second.close();

  const { outcomes, sentTwice } = await stage.auditLater();
  for (const outcome of ['confirmed', 'refused', 'cancelled', 'deadline']) expect(outcomes[outcome], outcome).toBeGreaterThan(0);
  expect(sentTwice).toBeGreaterThan(0);
  expect(stage.watch.skipped).toBeGreaterThan(0);
});

it('owners that void each other’s claims lose and double nothing', async () => {
  const stage = new Stage(2);
  const { log, run, close } = await stage.open();
  await run();
  const ordering = stage.customers.order(log, 2 * ORDERS, 150);
  for (let intruder = 0; intruder < 4; intruder++) {
    const before = stage.watch.abandons;
    const running = await run({ group: `intruder-${intruder}` });
    await until('a claim is voided', () => stage.watch.abandons > before);
    await running.stop();
  }
  await ordering;
  await close();
  await stage.auditLater();
});

it('ports that do not answer, and did what they were asked or did not, lose and double nothing', async () => {
  const stage = new Stage(3);
  const { log, tables, run, close } = await stage.open();
  const limits = { ...PIPELINE_LIMITS, attempts: 2, backoff_ms_min: 1, backoff_ms_max: 4 };
  await run({ ...failingPorts({ log, tables }, new Random(3)), limits });
  await stage.customers.order(log, 2 * ORDERS, 200);
  await close();
  expect(stage.watch.redone).toBeGreaterThan(0);
  expect((await stage.auditLater()).sentTwice).toBeGreaterThan(0);
});

it('a flush of nothing but a refused command publishes the totals that it changed', async () => {
  const stage = new Stage(4);
  const opened = await stage.open();
  await opened.run();
  for (const quantity of [SHAPE.initialUnits, 1]) {
    await stage.customers.orderOne(opened.log, { product: 'product-0', quantity });
    expect((await stage.audit(opened)).outcomes).toHaveProperty('confirmed', 1);
  }
  await opened.close();
});
