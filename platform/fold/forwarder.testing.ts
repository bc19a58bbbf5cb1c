/** One partition of a delay and its forwarder, on a log in memory and a clock that its own sleeps move. */
import type { Clock } from '#platform/clock/clock.ts';
import { untilAborted } from '#platform/clock/until-aborted.ts';
import { type Log, type LogRecord, type NewRecord, NO_HEADERS, type OwnedPartition } from '#platform/log/log.ts';
import { originHeaders } from './cause.ts';
import { forwardPartition } from './forwarder.ts';
import { DEFAULT_FOLD_LIMITS } from './limits.ts';
import type { FoldAlarm } from './outcome.ts';

/** A record that the fold `trade` has put off until `due_ms`; its key and value are its offset. */
export function delayed(offset: number, due_ms: number): LogRecord {
  const cause = { from: 'trade/0>deadline', offset, n: 0, since_ms: 0 };
  return { ...foreign(offset), headers: originHeaders({ cause, timer: { delay: 'deadline', due_ms } }) };
}

/** A record that no fold has put there. */
export function foreign(offset: number): LogRecord {
  const text = Buffer.from(`${offset}`);
  return { partition: 0, offset, key: text, value: text, timestamp_ms: 0, headers: NO_HEADERS };
}

interface Appended {
  readonly at_ms: number;
  readonly topic: string;
  readonly records: readonly NewRecord[];
}

export class DelayStand {
  records: readonly LogRecord[] = [];
  earliest = 0;
  groupOffset: number | undefined;
  now_ms = 0;
  /** Appends that were acknowledged. */
  readonly appended: Appended[] = [];
  readonly commits: number[] = [];
  readonly slept_ms: number[] = [];
  readonly late_ms: number[] = [];
  readonly overdue_ms: number[] = [];
  readonly failures: unknown[] = [];
  readonly alarms: FoldAlarm[] = [];
  foreign = 0;
  released = false;
  /** What happens before an append is acknowledged. */
  append: Log['append'] = async () => undefined;
  /** What happens when a sleep begins. */
  slept: (duration_ms: number) => void = () => undefined;
  readonly #stopping = new AbortController();
  #idle: () => void = () => undefined;
  #position = 0;

  stop(): void {
    this.#stopping.abort();
  }

  /** Runs the forwarder until it has nothing left to read, has alarmed, or is stopped. */
  async run(): Promise<void> {
    const done = new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
    const forwarding = forwardPartition(
      {
        topic: 'trade-delay-deadline',
        target: 'orders',
        rejectedTopic: 'rejected',
        log: { append: (topic, records) => this.#append(topic, records) },
        clock: this.#clock(),
        limits: { ...DEFAULT_FOLD_LIMITS, attempts: 3 },
        observer: {
          started: () => undefined,
          forwarded: (_, late_ms) => this.late_ms.push(late_ms),
          overdue: (_, overdue_ms) => this.overdue_ms.push(overdue_ms),
          rejected: (_, records) => {
            this.foreign += records;
          },
          failed: (_, error) => this.failures.push(error),
          alarmed: (_, alarm) => {
            this.alarms.push(alarm);
            this.#idle();
          },
          released: () => {
            this.released = true;
          },
        },
      },
      this.#partition(),
    );
    await Promise.race([done, forwarding]);
    this.stop();
    await forwarding;
  }

  async #append(topic: string, records: readonly NewRecord[]): Promise<void> {
    await this.append(topic, records);
    this.appended.push({ at_ms: this.now_ms, topic, records });
  }

  #clock(): Clock {
    return {
      now_ms: () => this.now_ms,
      monotonic_ms: () => this.now_ms,
      sleep: async (duration_ms) => {
        this.slept_ms.push(duration_ms);
        this.slept(duration_ms);
        this.now_ms += duration_ms;
      },
    };
  }

  #partition(): OwnedPartition {
    return {
      topic: 'green-trade-delay-deadline',
      partition: 0,
      signal: this.#stopping.signal,
      groupOffset: async () => this.groupOffset,
      bounds: async () => ({ earliest: this.earliest, end: (this.records.at(-1)?.offset ?? -1) + 1 }),
      seek: (offset) => {
        this.#position = offset;
      },
      read: async ({ limit }) => {
        const records = this.records.filter(({ offset }) => offset >= this.#position).slice(0, limit);
        if (records.length === 0) {
          this.#idle();
          await untilAborted(this.#stopping.signal);
        }
        this.#position = (records.at(-1)?.offset ?? this.#position - 1) + 1;
        return records;
      },
      commit: async (offset) => {
        this.commits.push(offset);
        this.groupOffset = offset;
      },
    };
  }
}
