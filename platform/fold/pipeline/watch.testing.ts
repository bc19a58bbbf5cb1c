/** What the folds of a pipeline say while they run. */
import type { DelayObserver, FlushReport, FoldAlarm, FoldObserver } from '../outcome.ts';

/** Counts, and keeps what a test must know of. `say` hears of alarms and failures at once. */
export class PipelineWatch implements FoldObserver {
  /** What must not happen, whatever else does. */
  readonly alarms: string[] = [];
  claims = 0;
  abandons = 0;
  counted = 0;
  redone = 0;
  /** Events that were heard before, and commands that were sent twice. */
  repeated = 0;
  skipped = 0;
  forwarded = 0;
  foreign = 0;
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void = () => undefined) {
    this.#say = say;
  }

  claimed(shard: number, epoch: number, nextOffset: number): void {
    this.claims++;
    this.#say(`claimed shard ${shard} at epoch ${epoch}, next_offset ${nextOffset}`);
  }

  flushed(report: FlushReport): void {
    this.counted += report.counted.length;
    this.redone += report.redone;
    this.repeated += report.repeated;
    this.skipped += report.skipped;
  }

  abandoned(shard: number, error: unknown): void {
    this.abandons++;
    this.#say(`abandoned shard ${shard}: ${String(error)}`);
  }

  alarmed(shard: number, alarm: FoldAlarm): void {
    this.#alarm(`shard ${shard}: ${alarm.message}`);
  }

  released(shard: number): void {
    this.#say(`released shard ${shard}`);
  }

  delay(name: string): DelayObserver {
    return {
      started: () => undefined,
      forwarded: (records) => {
        this.forwarded += records;
      },
      overdue: () => undefined,
      rejected: (_, records) => {
        this.foreign += records;
      },
      failed: (partition, error) => this.#say(`delay ${name}, partition ${partition}: ${String(error)}`),
      alarmed: (partition, alarm) => this.#alarm(`delay ${name}, partition ${partition}: ${alarm.message}`),
      released: () => undefined,
    };
  }

  #alarm(message: string): void {
    this.alarms.push(message);
    this.#say(`ALARM ${message}`);
  }
}
