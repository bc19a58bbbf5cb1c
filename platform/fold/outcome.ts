/** How the ownership of a shard ends, and what its owner tells the world meanwhile. */
import type { TotalRow } from '#platform/tables/tables.ts';

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

/**
 * What would fail again however often it is tried: an error of the pure functions of a fold's definition, or a row that
 * tables refuse for its values. Nothing else is taken for it: what a driver throws may be gone the next time, whatever its
 * class (a client that loses its connection can well fail with a TypeError).
 */
export class Unfoldable extends Error {
  override readonly name = 'Unfoldable';

  constructor(what: string, cause: unknown) {
    super(`${what}: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`, { cause });
  }
}

/** Runs a pure computation over the record at `offset`, or over those below it. @throws Unfoldable in place of what it throws */
export function purely<T>(
  what: 'the record at' | 'the rows of those below' | 'the pages of those below',
  offset: number,
  compute: () => T,
): T {
  try {
    return compute();
  } catch (error) {
    throw new Unfoldable(`${what} offset ${offset}`, error);
  }
}

/** Something only an operator can mend: the shard stops, and says so until the process is restarted. */
export class FoldAlarm extends Error {
  override readonly name = 'FoldAlarm';
  readonly kind: AlarmKind;

  constructor(kind: AlarmKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** Why a shard stands still. */
export const ALARM_KINDS = ['configuration', 'group_ahead', 'log_truncated', 'records_lost', 'unfoldable'] as const;
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
  /** Records handed, of which: counted for the first time, refused for the first time, redone, repeated, rejected, already in their pages. */
  readonly records: number;
  readonly counted: readonly FoldedRecord[];
  readonly refused: number;
  readonly redone: number;
  readonly repeated: number;
  readonly rejected: number;
  readonly skipped: number;
  /** Records sent to other topics and to delays. */
  readonly emitted: number;
  /** What the shard has sent and heard along each edge since its first record (edges.ts). */
  readonly edges: readonly TotalRow[];
  /** Ranges of rows that were read beside the pages. */
  readonly lookups: number;
  /** Keys of the flush whose page was in memory, and those whose page was read from the tables. */
  readonly cacheHits: number;
  readonly cacheMisses: number;
  readonly duration_ms: number;
  readonly nextOffset: number;
}

export interface FoldObserver {
  /** @param edges what the shard has sent and heard along each edge before (edges.ts) */
  claimed(shard: number, epoch: number, nextOffset: number, edges: readonly TotalRow[]): void;
  flushed(report: FlushReport): void;
  abandoned(shard: number, error: unknown): void;
  alarmed(shard: number, alarm: FoldAlarm): void;
  /** The shard is no longer this process's. */
  released(shard: number): void;
  /** Who watches the forwarder of a delay. */
  delay(name: string): DelayObserver;
}

/** The forwarder of one delay, partition by partition. */
export interface DelayObserver {
  /** The forwarder has begun with a partition. */
  started(partition: number): void;
  /** Records came back to the fold, the first of them so late. */
  forwarded(records: number, late_ms: number): void;
  /** The first record that waits in a partition: how long it has been due, in milliseconds; 0 where none is. */
  overdue(partition: number, overdue_ms: number): void;
  /** Records that no fold has put there; they went to the topic of the rejected. */
  rejected(partition: number, records: number): void;
  /** Something failed; it is tried again from the group's offset. */
  failed(partition: number, error: unknown): void;
  /** The partition stands still until the process is restarted. */
  alarmed(partition: number, alarm: FoldAlarm): void;
  released(partition: number): void;
}
