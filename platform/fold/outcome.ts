/** How the ownership of a shard ends, and what its owner tells the world meanwhile. */

/**
 * The owner cannot go on from what it remembers (another owner committed, or a write stayed unanswered): it forgets
 * everything and claims again if the shard is still its own. Costs a redo, never a count.
 */
export class Abandoned extends Error {
  override readonly name = 'Abandoned';
  readonly reason: AbandonReason;

  constructor(reason: AbandonReason, message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

export type AbandonReason = 'commit_refused' | 'other_owner' | 'unanswered' | 'stopping';

/** Something only an operator can mend: the shard stops, and says so until the process is restarted. */
export class FoldAlarm extends Error {
  override readonly name = 'FoldAlarm';
  readonly kind: AlarmKind;

  constructor(kind: AlarmKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Why a shard stands still. */
export const ALARM_KINDS = ['configuration', 'group_ahead', 'log_truncated', 'records_lost'] as const;
export type AlarmKind = (typeof ALARM_KINDS)[number];

/** One record that was folded, for the metrics. */
export interface FoldedRecord {
  readonly key: string;
  /** When the record was accepted, in milliseconds since the epoch. */
  readonly accepted_ms: number;
}

/** What one flush did. */
export interface FlushReport {
  readonly shard: number;
  /** Records handed, of which: counted for the first time, redone, duplicates, rejected, already in their rows. */
  readonly records: number;
  readonly counted: readonly FoldedRecord[];
  readonly redone: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly skipped: number;
  /** Keys of the flush whose state was in memory, and those whose state was read from the tables. */
  readonly cacheHits: number;
  readonly cacheMisses: number;
  readonly duration_ms: number;
  readonly nextOffset: number;
}

export interface FoldObserver {
  claimed(shard: number, epoch: number, nextOffset: number): void;
  flushed(report: FlushReport): void;
  abandoned(shard: number, error: unknown): void;
  alarmed(shard: number, alarm: FoldAlarm): void;
  /** The shard is no longer this process's. */
  released(shard: number): void;
}
