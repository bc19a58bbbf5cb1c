/** Watches the forwarder of a delay: its metrics, its log lines, and its health. */
import type { Logger } from 'pino';
import { ALARM_KINDS, type DelayObserver, type FoldAlarm } from '#platform/fold/outcome.ts';
import type { FoldMetrics } from './fold-metrics.ts';
import { ShardHealth } from './shard-health.ts';

export class DelayWatch implements DelayObserver {
  readonly health: ShardHealth;
  readonly #labels: { readonly fold: string; readonly delay: string };
  readonly #metrics: FoldMetrics;
  readonly #logger: Logger;

  constructor(of: { readonly fold: string; readonly delay: string; readonly metrics: FoldMetrics; readonly logger: Logger }) {
    this.#labels = { fold: of.fold, delay: of.delay };
    this.health = new ShardHealth(`delay ${of.delay} of ${of.fold}`);
    this.#metrics = of.metrics;
    this.#logger = of.logger.child(this.#labels);
    of.metrics.delayed.inc({ ...this.#labels, outcome: 'forwarded' }, 0);
    of.metrics.delayed.inc({ ...this.#labels, outcome: 'rejected' }, 0);
  }

  started(partition: number): void {
    this.health.claimed(partition);
  }

  forwarded(records: number, late_ms: number): void {
    this.#metrics.delayed.inc({ ...this.#labels, outcome: 'forwarded' }, records);
    this.#metrics.delayLate.observe(this.#labels, Math.max(0, late_ms) / 1_000);
  }

  overdue(partition: number, overdue_ms: number): void {
    this.#metrics.delayOverdue.set({ ...this.#labels, partition }, overdue_ms / 1_000);
  }

  rejected(partition: number, records: number): void {
    this.#metrics.delayed.inc({ ...this.#labels, outcome: 'rejected' }, records);
    this.#logger.warn({ partition, records }, 'records that no fold has put off were rejected');
  }

  failed(partition: number, error: unknown): void {
    this.health.abandoned(partition, error);
    this.#logger.warn({ partition, err: error }, 'records could not be forwarded; the forwarder tries again');
  }

  alarmed(partition: number, alarm: FoldAlarm): void {
    this.health.alarmed(partition, alarm);
    this.#metrics.alarm.set({ ...this.#labels, shard: partition, kind: alarm.kind }, 1);
    this.#logger.fatal({ partition, kind: alarm.kind }, `ALARM: ${alarm.message} The delay brings nothing back until then.`);
  }

  released(partition: number): void {
    this.health.released(partition);
    this.#metrics.delayOverdue.remove({ ...this.#labels, partition });
    for (const kind of ALARM_KINDS) this.#metrics.alarm.remove({ ...this.#labels, shard: partition, kind });
  }
}
