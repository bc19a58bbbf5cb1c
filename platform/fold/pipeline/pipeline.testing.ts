/**
 * Two folds that answer each other, with a delay: a small system of production folds, for the tests and the benchmark of the engine.
 * `trade` asks `stock` for what an order needs, `stock` answers; a deadline comes back to `trade` after a fixed time.
 */
import type { Clock } from '#platform/clock/clock.ts';
import type { Log, Running, TopicDefinition } from '#platform/log/log.ts';
import type { TableDefinition, Tables } from '#platform/tables/tables.ts';
import { FoldBudget } from '../budget.ts';
import type { AuditedFold } from '../conservation.ts';
import { delayTopic } from '../emissions.ts';
import { runFold } from '../fold.ts';
import { DEFAULT_FOLD_LIMITS, type FoldLimits } from '../limits.ts';
import type { FoldObserver } from '../outcome.ts';
import { REJECTED, STOCK_COMMANDS, stockProducts, TOTALS, TRADE_COMMANDS, tradeOrders } from './names.testing.ts';
import { stockFold } from './stock.testing.ts';
import { tradeFold } from './trade.testing.ts';

/** What is fixed for the life of a pipeline's data. */
export interface PipelineShape {
  readonly tradeShards: number;
  readonly stockShards: number;
  /** How long an order waits for the stock. */
  readonly deadline_ms: number;
  /** Of each product, at the beginning. */
  readonly initialUnits: number;
}

export const DEFAULT_SHAPE: PipelineShape = { tradeShards: 4, stockShards: 3, deadline_ms: 5_000, initialUnits: 100 };

/** These folds linger as those of a system that answers people. */
export const PIPELINE_LIMITS: FoldLimits = { ...DEFAULT_FOLD_LIMITS, linger_ms: 10 };

/** The tables of the pages. `shard_joins` is in every keyspace. */
export const PIPELINE_TABLES: readonly TableDefinition[] = [tradeOrders, stockProducts];

export const DEADLINES = delayTopic('trade', 'deadline');

export function pipelineTopics({ tradeShards, stockShards }: PipelineShape): TopicDefinition[] {
  const topic = (name: string, partitions: number, cleanup: TopicDefinition['cleanup'] = 'delete'): TopicDefinition => ({
    name,
    partitions,
    cleanup,
    retention_ms: -1,
    purpose: 'a test of folds that feed each other',
  });
  return [
    topic(TRADE_COMMANDS, tradeShards),
    topic(STOCK_COMMANDS, stockShards),
    topic(DEADLINES, tradeShards),
    topic(REJECTED, 1),
    topic(TOTALS, 1, 'compact'),
  ];
}

/** The folds, as the audit of their edges knows them. */
export function auditedFolds({ tradeShards, stockShards, deadline_ms, initialUnits }: PipelineShape): AuditedFold[] {
  return [
    { ...tradeFold(deadline_ms), shards: tradeShards },
    { ...stockFold(initialUnits), shards: stockShards },
  ];
}

export interface PipelineOptions {
  readonly log: Log;
  readonly tables: Tables;
  readonly clock: Clock;
  readonly shape: PipelineShape;
  readonly observer: FoldObserver;
  readonly limits?: FoldLimits;
  /** Another group than the folds' own: an owner that the group does not know of. */
  readonly group?: string;
}

/** Runs both folds, and the forwarder of the delay, until stopped. */
export async function runPipeline(options: PipelineOptions): Promise<Running> {
  const { shape, log, group } = options;
  const { limits = PIPELINE_LIMITS, ...ports } = options;
  const budget = new FoldBudget({ recordsInFlushes: 2 * limits.flushRecords, cachedPages: 20_000, claimsAtOnce: 4 });
  const context = { ...ports, limits, budget };
  const grouped = <Definition extends { readonly group: string }>(definition: Definition): Definition =>
    group === undefined ? definition : { ...definition, group: `${group}-${definition.group}` };
  const running = [
    await runFold(log, { ...context, definition: grouped(tradeFold(shape.deadline_ms)) }),
    await runFold(log, { ...context, definition: grouped(stockFold(shape.initialUnits)) }),
  ];
  return {
    async stop() {
      await Promise.all(running.map((one) => one.stop()));
    },
  };
}
