/**
 * Orders between their arrival and the log: a bounded queue whose content, whatever has gathered in it, becomes the
 * next append. Nothing waits on purpose: a lone order is appended at once, and under load the appends grow by themselves.
 */
import type { Logger } from 'pino';
import type { Clock } from '#platform/clock/clock.ts';
import { AppendFailed, type Log, type NewRecord } from '#platform/log/log.ts';
import type { ProgramMetrics } from '../../metrics.ts';
import { ORDER_LOGS } from '../topics.ts';

export interface IngestLimits {
  /** Orders in the queue or in an append. */
  readonly orders: number;
  /** Their bytes. */
  readonly bytes: number;
  /** An append takes whole groups until it has this many orders. */
  readonly appendOrders: number;
  /** Appends under way at once. */
  readonly appends: number;
  /** While the oldest order waits longer than this for its append to begin, no more are taken in, in milliseconds. */
  readonly admit_ms: number;
  /** Orders that have waited longer than this for an append to begin are given back instead, in milliseconds. */
  readonly wait_ms: number;
}

export const DEFAULT_INGEST_LIMITS: IngestLimits = {
  orders: 50_000,
  bytes: 64 * 1024 * 1024,
  appendOrders: 5_000,
  appends: 4,
  admit_ms: 2_000,
  wait_ms: 5_000,
};

/** Orders that arrived together: they are admitted, appended and answered together. */
interface Group {
  readonly records: readonly NewRecord[];
  readonly bytes: number;
  readonly arrived_ms: number;
  /** Settles the group with the indexes of the records that are not known to be durable. */
  settle(unconfirmed: ReadonlySet<number>): void;
}

const NONE: ReadonlySet<number> = new Set();

export class IngestQueue {
  readonly #log: Pick<Log, 'append'>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #limits: IngestLimits;
  #waiting: Group[] = [];
  #orders = 0;
  #bytes = 0;
  #appends = 0;
  #pumping = false;
  #closed = false;
  #drained: (() => void) | undefined;

  constructor(log: Pick<Log, 'append'>, clock: Clock, logger: Logger, limits: IngestLimits) {
    this.#log = log;
    this.#clock = clock;
    this.#logger = logger;
    this.#limits = limits;
  }

  /** Shows the queue's depth and limits as metrics. Returns what ends that. */
  measure(metrics: ProgramMetrics): () => void {
    const { ingest } = metrics.orders;
    ingest.queueLimitOrders.set(this.#limits.orders);
    ingest.queueLimitBytes.set(this.#limits.bytes);
    return metrics.beforeRender(() => {
      ingest.queueOrders.set(this.#orders);
      ingest.queueBytes.set(this.#bytes);
    });
  }

  /** Whether not even one more order would be taken. */
  get full(): boolean {
    return this.#closed || this.#orders >= this.#limits.orders || this.#bytes >= this.#limits.bytes || this.#stalled;
  }

  /**
   * Whether the log takes less than arrives. However much room is left: what came now would be given back after a long
   * wait, and whoever sends it is better told at once.
   */
  get #stalled(): boolean {
    const [oldest] = this.#waiting;
    return oldest !== undefined && this.#clock.monotonic_ms() - oldest.arrived_ms > this.#limits.admit_ms;
  }

  /**
   * Takes records in, all of them or, when there is no room or the queue is closed, none (undefined); what is larger than
   * all the room, when nothing else is there. The promise
   * resolves when their fate is decided, with the indexes of those that are not known to be durable: they may be in the
   * log or not, so that they have to be sent again. Records of one user keep their order within the call.
   */
  add(records: readonly NewRecord[]): Promise<ReadonlySet<number>> | undefined {
    const bytes = bytesOf(records);
    const { orders: ordersMax, bytes: bytesMax } = this.#limits;
    const fits = this.#orders + records.length <= ordersMax && this.#bytes + bytes <= bytesMax;
    if (this.full || (!fits && this.#orders > 0)) return undefined;
    this.#orders += records.length;
    this.#bytes += bytes;
    return new Promise((resolve) => {
      this.#waiting.push({ records, bytes, arrived_ms: this.#clock.monotonic_ms(), settle: resolve });
      this.#pump();
    });
  }

  /** Takes nothing more; resolves when the fate of everything taken in is decided. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#orders === 0) return;
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
  }

  /** After the current turn of the event loop, so that all requests which it brought share an append. */
  #pump(): void {
    if (this.#pumping || this.#waiting.length === 0 || this.#appends >= this.#limits.appends) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      const groups = this.#take();
      if (groups.length > 0) void this.#append(groups);
      this.#pump();
    });
  }

  /** The groups of the next append; those that have waited too long are given back on the way. */
  #take(): readonly Group[] {
    const oldest_ms = this.#clock.monotonic_ms() - this.#limits.wait_ms;
    const groups: Group[] = [];
    let orders = 0;
    let taken = 0;
    for (const group of this.#waiting) {
      if (orders >= this.#limits.appendOrders) break;
      taken++;
      if (group.arrived_ms < oldest_ms) {
        this.#settle(group, allOf(group));
      } else {
        groups.push(group);
        orders += group.records.length;
      }
    }
    this.#waiting = this.#waiting.slice(taken);
    return groups;
  }

  async #append(groups: readonly Group[]): Promise<void> {
    this.#appends++;
    const records = groups.length === 1 ? (groups[0] as Group).records : groups.flatMap((group) => group.records);
    let failed: ReadonlySet<number> = NONE;
    try {
      await this.#log.append(ORDER_LOGS, records);
    } catch (error) {
      this.#logger.warn({ err: error, orders: records.length }, 'an append of orders was not confirmed');
      failed = error instanceof AppendFailed ? error.indexes : new Set(records.keys());
    }
    this.#appends--;
    let first = 0;
    for (const group of groups) {
      this.#settle(group, failed.size === 0 ? NONE : within(failed, first, group.records.length));
      first += group.records.length;
    }
    this.#pump();
  }

  #settle(group: Group, unconfirmed: ReadonlySet<number>): void {
    this.#orders -= group.records.length;
    this.#bytes -= group.bytes;
    group.settle(unconfirmed);
    if (this.#orders === 0) this.#drained?.();
  }
}

function bytesOf(records: readonly NewRecord[]): number {
  let bytes = 0;
  for (const { key, value } of records) bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  return bytes;
}

function allOf(group: Group): ReadonlySet<number> {
  return new Set(group.records.keys());
}

/** The indexes of a group's own records among those of the append. */
function within(failed: ReadonlySet<number>, first: number, count: number): ReadonlySet<number> {
  const own = new Set<number>();
  for (let index = 0; index < count; index++) if (failed.has(first + index)) own.add(index);
  return own;
}
