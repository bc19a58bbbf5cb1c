/**
 * How far the groups of a fold are behind, in records and in seconds.
 *
 * Records are the log's own figure: the end of each partition less the group's stored offset. Seconds are the age of
 * the record at the group's offset, the oldest that a crash would make the group read again. This process knows that
 * record once it has read it: from then on, until the offset beyond it is stored, the age is exact (now less the time
 * at which the record was accepted). A record that waits unread, here or in a partition of another member, is dated by
 * when this process first saw the log end beyond it: at most one reading too young, or as old as this process.
 *
 * Records of a delay wait on purpose. They are counted, but no age of theirs is told: how late a delay is, its forwarder tells.
 */
import type { Clock } from '#platform/clock/clock.ts';
import type { FoldGroup } from '#platform/fold/groups.ts';
import type { Consumption, Log, OwnedPartition, PartitionLag, Running } from '#platform/log/log.ts';
import type { LagMetrics } from './lag-metrics.ts';

/** The log's end as it was first seen at a time. */
interface Mark {
  readonly end: number;
  readonly seen_ms: number;
}

/** Marks kept for one partition. Of more, every second one is forgotten: an age is then too young by at most the time between two marks. */
const MARKS_MAX = 256;

interface PartitionView {
  /** Ends beyond the group's offset, ascending. */
  marks: Mark[];
  /** The records that this process has read without storing an offset beyond: the first's offset and time, the last's offset. */
  unstored: { readonly first: number; readonly accepted_ms: number; readonly last: number } | undefined;
}

/** What is known of one group, by partition. */
interface GroupView {
  readonly of: FoldGroup;
  readonly partitions: Map<number, PartitionView>;
}

export class ConsumerLag {
  readonly #groups: readonly GroupView[];
  readonly #log: Pick<Log, 'consume' | 'lag'>;
  readonly #metrics: LagMetrics;
  readonly #clock: Clock;

  constructor(of: { groups: readonly FoldGroup[]; log: Pick<Log, 'consume' | 'lag'>; metrics: LagMetrics; clock: Clock }) {
    this.#groups = of.groups.map((group) => ({ of: group, partitions: new Map() }));
    this.#log = of.log;
    this.#metrics = of.metrics;
    this.#clock = of.clock;
  }

  /**
   * The log's consumption, watched: what is read and stored through it dates the oldest record of its own group.
   * @throws Error for a group that is not among those to watch
   */
  async consume(consumption: Consumption): Promise<Running> {
    const { topic, group } = consumption;
    const known = this.#groups.find(({ of }) => of.topic === topic && of.group === group);
    if (!known) throw new Error(`the lag of ${group} in ${topic} is not watched`);
    return this.#log.consume({
      ...consumption,
      own: async (partition) => {
        const view = viewOf(known, partition.partition);
        try {
          await consumption.own(watched(partition, view));
        } finally {
          view.unstored = undefined;
        }
      },
    });
  }

  /** Asks the log how far the groups are. @throws when the log does not answer; the figures then stay as they are */
  async poll(): Promise<void> {
    await Promise.all(this.#groups.map((group) => this.#poll(group)));
  }

  /** Sets the gauges of the seconds as of now. */
  refresh(): void {
    for (const { of, partitions } of this.#groups) {
      if (of.delay !== undefined) continue;
      for (const [partition, view] of partitions) this.#metrics.seconds.set(labelsOf(of, partition), this.#age_ms(view) / 1_000);
    }
  }

  async #poll(group: GroupView): Promise<void> {
    const lags = await this.#log.lag(group.of.topic, group.of.group);
    const now_ms = this.#clock.monotonic_ms();
    for (const lag of lags) {
      const view = viewOf(group, lag.partition);
      view.marks = marksBeyond(lag, view.marks, now_ms);
      this.#metrics.records.set(labelsOf(group.of, lag.partition), lag.records);
    }
  }

  #age_ms(view: PartitionView): number {
    if (view.unstored) return Math.max(0, this.#clock.now_ms() - view.unstored.accepted_ms);
    const mark = view.marks[0];
    return mark ? this.#clock.monotonic_ms() - mark.seen_ms : 0;
  }
}

function viewOf({ partitions }: GroupView, partition: number): PartitionView {
  let view = partitions.get(partition);
  if (!view) {
    view = { marks: [], unstored: undefined };
    partitions.set(partition, view);
  }
  return view;
}

function labelsOf({ topic, group }: FoldGroup, partition: number): { topic: string; group: string; partition: number } {
  return { topic, group, partition };
}

/** The marks that still lie beyond the group's offset, and the present end where it is news. */
function marksBeyond(lag: PartitionLag, marks: readonly Mark[], seen_ms: number): Mark[] {
  if (lag.records === 0) return [];
  const beyond = marks.filter(({ end }) => end > (lag.groupOffset ?? 0));
  if (lag.endOffset > (beyond.at(-1)?.end ?? 0)) beyond.push({ end: lag.endOffset, seen_ms });
  return beyond.length <= MARKS_MAX ? beyond : beyond.filter((_, index) => index % 2 === 0);
}

function watched(partition: OwnedPartition, view: PartitionView): OwnedPartition {
  return {
    topic: partition.topic,
    partition: partition.partition,
    signal: partition.signal,
    groupOffset: () => partition.groupOffset(),
    bounds: () => partition.bounds(),
    seek: (offset) => partition.seek(offset),
    async read(options) {
      const records = await partition.read(options);
      const [first, last] = [records[0], records.at(-1)];
      if (first && last) {
        const before = view.unstored;
        const isOlder = before !== undefined && before.first <= first.offset;
        view.unstored = {
          first: isOlder ? before.first : first.offset,
          accepted_ms: isOlder ? before.accepted_ms : first.timestamp_ms,
          last: Math.max(last.offset, before?.last ?? 0),
        };
      }
      return records;
    },
    async commit(offset) {
      await partition.commit(offset);
      if (view.unstored && offset > view.unstored.last) view.unstored = undefined;
    },
  };
}
