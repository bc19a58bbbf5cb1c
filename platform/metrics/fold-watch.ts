/** Watches a fold: its metrics, its log lines, its hot keys and its health. */
import type { Logger } from 'pino';
import type { Clock } from '#platform/clock/clock.ts';
import { type EdgeCount, edgeCounts } from '#platform/fold/edges.ts';
import { delayTopic } from '#platform/fold/emissions.ts';
import { Abandoned, ALARM_KINDS, type AlarmKind, type FlushReport, type FoldAlarm, type FoldObserver } from '#platform/fold/outcome.ts';
import type { Readiness } from '#platform/http/readiness.ts';
import type { TotalRow } from '#platform/tables/tables.ts';
import { DelayWatch } from './delay-watch.ts';
import type { FoldMetrics } from './fold-metrics.ts';
import { HotKeys } from './hot-keys.ts';
import { ShardHealth } from './shard-health.ts';

export interface FoldWatchOptions {
  /** The fold's name. */
  readonly fold: string;
  /** The topic that it reads. */
  readonly topic: string;
  /** What its readiness is called. */
  readonly workload: string;
  /** What a new generation of the data is on this storage: a sentence for an operator. */
  readonly newGeneration: string;
  readonly metrics: FoldMetrics;
  readonly logger: Logger;
  readonly clock: Clock;
}

type EdgeLabels = Record<'fold' | 'kind' | 'from' | 'topic', string> & { readonly shard: number };

/** How long a line about an alarm waits for other shards with the same one, in milliseconds: they are claimed together. */
const ALARMS_GATHER_MS = 250;

export class FoldWatch implements FoldObserver {
  readonly hotKeys: HotKeys;
  readonly health: ShardHealth;
  readonly #fold: string;
  readonly #topic: string;
  /** The labels of the edges that each shard has shown. */
  readonly #edges = new Map<number, readonly EdgeLabels[]>();
  readonly #delays = new Map<string, DelayWatch>();
  readonly #metrics: FoldMetrics;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #newGeneration: string;
  /** Alarms that no line of the log has told yet, by shard. */
  readonly #untold = new Map<number, FoldAlarm>();

  constructor(of: FoldWatchOptions) {
    this.hotKeys = new HotKeys(of.clock);
    this.health = new ShardHealth(of.workload);
    this.#fold = of.fold;
    this.#topic = of.topic;
    this.#metrics = of.metrics;
    this.#logger = of.logger.child({ fold: of.fold });
    this.#clock = of.clock;
    this.#newGeneration = of.newGeneration;
    // From 0 on: of a counter that begins with its first event, that event is no increase.
    for (const outcome of OUTCOMES) of.metrics.records.inc({ fold: of.fold, outcome }, 0);
    for (const reason of Object.keys(LEVELS)) of.metrics.abandons.inc({ fold: of.fold, reason }, 0);
  }

  claimed(shard: number, epoch: number, nextOffset: number, edges: readonly TotalRow[]): void {
    this.health.claimed(shard);
    this.#metrics.claims.inc({ fold: this.#fold });
    this.#metrics.owned.set(this.#labels(shard), 1);
    this.#metrics.nextOffset.set(this.#labels(shard), nextOffset);
    // At once: a shard that has nothing to flush has sent and heard all the same.
    this.#setEdges(shard, edgeCounts(edges));
    this.#logger.info({ shard, epoch, nextOffset }, 'shard claimed');
  }

  flushed(report: FlushReport): void {
    const { shard, counted, refused, redone, repeated, rejected, skipped } = report;
    const fold = this.#fold;
    const outcomes = { counted: counted.length, refused, redone, repeated, rejected, skipped };
    for (const [outcome, records] of Object.entries(outcomes)) {
      if (records > 0) this.#metrics.records.inc({ fold, outcome }, records);
    }
    this.#metrics.flushRecords.observe({ fold }, report.records);
    this.#metrics.flushDuration.observe({ fold }, report.duration_ms / 1_000);
    this.#metrics.cacheHits.inc({ fold }, report.cacheHits);
    this.#metrics.cacheMisses.inc({ fold }, report.cacheMisses);
    if (report.lookups > 0) this.#metrics.lookups.inc({ fold }, report.lookups);
    this.#setEdges(shard, edgeCounts(report.edges));
    this.#metrics.nextOffset.set(this.#labels(shard), report.nextOffset);
    const now_ms = this.#clock.now_ms();
    const freshness = this.#metrics.freshness.labels(fold);
    for (const { accepted_ms } of counted) freshness.observe(Math.max(0, now_ms - accepted_ms) / 1_000);
    this.hotKeys.add(shard, counted);
    if (rejected > 0) this.#logger.warn({ shard, rejected, nextOffset: report.nextOffset }, 'records were rejected');
    if (this.#logger.isLevelEnabled('debug')) this.#logger.debug({ ...report, counted: counted.length }, 'flushed');
  }

  abandoned(shard: number, error: unknown): void {
    const reason = error instanceof Abandoned ? error.reason : 'failure';
    this.#metrics.abandons.inc({ fold: this.#fold, reason });
    this.#metrics.owned.set(this.#labels(shard), 0);
    this.#logger[LEVELS[reason]]({ shard, reason, err: error }, 'claim given up; the shard is claimed again while it is ours');
    if (reason !== 'stopping') this.health.abandoned(shard, error);
  }

  alarmed(shard: number, alarm: FoldAlarm): void {
    this.health.alarmed(shard, alarm);
    this.#metrics.owned.set(this.#labels(shard), 0);
    this.#metrics.alarm.set({ ...this.#labels(shard), kind: alarm.kind }, 1);
    this.#untold.set(shard, alarm);
    if (this.#untold.size === 1) void this.#clock.sleep(ALARMS_GATHER_MS).then(() => this.#tellAlarms());
  }

  released(shard: number): void {
    this.#tellAlarms();
    this.health.released(shard);
    this.hotKeys.forget(shard);
    const labels = this.#labels(shard);
    this.#metrics.owned.set(labels, 0);
    for (const gauge of [this.#metrics.nextOffset, this.#metrics.busiestKey, this.#metrics.topTenKeys]) gauge.remove(labels);
    for (const kind of ALARM_KINDS) this.#metrics.alarm.remove({ ...labels, kind });
    for (const edge of this.#edges.get(shard) ?? []) this.#metrics.edgeRecords.remove(edge);
    this.#edges.delete(shard);
    this.#logger.info({ shard }, 'shard released');
  }

  delay(name: string): DelayWatch {
    const known = this.#delays.get(name) ?? new DelayWatch({ fold: this.#fold, delay: name, metrics: this.#metrics, logger: this.#logger });
    this.#delays.set(name, known);
    return known;
  }

  /** Why the fold, or one of its delays, is not ready. */
  readiness(): readonly Readiness[] {
    return [this.health, ...[...this.#delays.values()].map(({ health }) => health)].flatMap((health) => health.readiness());
  }

  /** Sets the gauges of the hot keys as of now. */
  refresh(): void {
    for (const shard of this.hotKeys.shards) {
      const top = this.hotKeys.top(shard, 10);
      this.#metrics.busiestKey.set(this.#labels(shard), top[0]?.share ?? 0);
      this.#metrics.topTenKeys.set(
        this.#labels(shard),
        top.reduce((sum, { share }) => sum + share, 0),
      );
    }
  }

  /** One line for all shards that stand still for the same reason; what differs may be that an alarm names its own shard. */
  #tellAlarms(): void {
    const untold = [...this.#untold].sort(([a], [b]) => a - b);
    this.#untold.clear();
    for (const [first, ...others] of Map.groupBy(untold, ([shard, { message }]) => message.replace(`shard ${shard} `, '')).values()) {
      if (!first) continue;
      const [shard, { kind, message, cause }] = first;
      const alike = others.map(([other]) => other);
      const anew = NEEDS_NEW_GENERATION.includes(kind) ? ` ${this.#newGeneration}` : '';
      const who = alike.length === 0 ? 'This shard counts' : `The same holds for the shards ${alike.join(', ')}. They all count`;
      this.#logger.fatal({ shards: [shard, ...alike], kind, err: cause }, `ALARM: ${message}${anew} ${who} nothing until then.`);
    }
  }

  #setEdges(shard: number, edges: readonly EdgeCount[]): void {
    const labels = edges.map((edge) => this.#edgeLabels(shard, edge));
    for (const [index, { records }] of edges.entries()) this.#metrics.edgeRecords.set(labels[index] ?? {}, records);
    this.#edges.set(shard, labels);
  }

  #edgeLabels(shard: number, { kind, other }: EdgeCount): EdgeLabels {
    const labels = { ...this.#labels(shard), kind };
    if (kind === 'sent') return { ...labels, from: this.#fold, topic: other };
    const [from = '', delay] = other.split('>');
    return { ...labels, from, topic: delay === undefined ? this.#topic : delayTopic(from, delay) };
  }

  #labels(shard: number): { fold: string; shard: number } {
    return { fold: this.#fold, shard };
  }
}

/** Alarms after which a new generation may be what remains. */
const NEEDS_NEW_GENERATION: readonly AlarmKind[] = ['configuration', 'log_truncated', 'records_lost'];

const OUTCOMES = ['counted', 'refused', 'redone', 'repeated', 'rejected', 'skipped'] as const;

/** A shard that goes from one member to another is the group's daily life; anything unexpected is an error. */
const LEVELS = { stopping: 'info', other_owner: 'warn', commit_refused: 'warn', unanswered: 'warn', failure: 'error' } as const;
