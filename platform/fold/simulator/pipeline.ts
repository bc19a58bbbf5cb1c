/**
 * A pipeline: folds that feed each other, the records that clients send them, and a naive recount of each fold to hold the
 * tables and topics against.
 */
import type { LogRecord, OwnedPartition } from '#platform/log/log.ts';
import type { Random } from '#platform/random/random.ts';
import type { TableDefinition, TotalRow } from '#platform/tables/tables.ts';
import type { FoldContext } from '../context.ts';
import type { FoldDefinition } from '../definition.ts';
import { delayTopic } from '../emissions.ts';
import type { Columns, StoredRow } from './memory-tables.ts';
import type { Subject } from './subject.ts';

/** The configuration of a process. `larger` has a menu type more than `first`; a fold without a menu has one configuration. */
export type MenuSize = 'first' | 'larger';

export interface Pipeline {
  readonly name: string;
  readonly folds: readonly SimulatedFold[];
  /** The partitions of each topic in one history. A topic that is not named has one. */
  partitions(random: Random): ReadonlyMap<string, number>;
  /** What clients send: queues, each of which keeps its order. */
  feed(random: Random, partitionsOf: (topic: string) => number): readonly (readonly FeedRecord[])[];
  /** What the stored rows say to those who read them: each says itself, or, where it is a page of several, each of them. */
  factsOf(rows: Iterable<StoredRow>): Iterable<StoredRow>;
  /** Neither causes nor what pages have heard are compared, but what follows from them: for mutants that write others. */
  readonly isLoose?: true;
  /** What must hold between the folds, beside each one's own recount: what is wrong, one line each. */
  balance?(topics: (topic: string) => readonly LogRecord[], rows: readonly StoredRow[]): readonly string[];
}

/** A record from outside. */
export interface FeedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string | null;
  readonly value: string;
  /** Offsets left out before it, as for a transaction's markers. */
  readonly gap: number;
}

/** All that an owner has beside a definition. */
export type OwnerContext = Omit<FoldContext<unknown, unknown, unknown>, 'definition'>;

/** What owns the partitions of one topic: a fold, or the forwarder of one of its delays. */
export interface Worker {
  readonly name: string;
  readonly topic: string;
  /** The fold whose next_offset the group must not pass; undefined for a forwarder. */
  readonly fold: string | undefined;
  own(subject: Subject, context: OwnerContext, partition: OwnedPartition, menu: MenuSize): Promise<void>;
}

export interface SimulatedFold extends Worker {
  readonly fold: string;
  readonly rejectedTopic: string;
  readonly totalsTopic: string | undefined;
  /** The topics of its delays. */
  readonly delayTopics: readonly string[];
  readonly forwarders: readonly Worker[];
  readonly pageTable: TableDefinition;
  /** The state that a page holds, for comparison. */
  decode(state: unknown): unknown;
  /** Counts a log from nothing, by other code than the fold's. */
  recount(log: ShardLog): Truth;
}

export interface ShardLog {
  readonly shard: number;
  readonly records: readonly LogRecord[];
  /** The configuration that the shard has pinned. */
  readonly fingerprint: string;
}

/** What a shard's log must have led to. */
export interface Truth {
  /** Offsets that must be in the topic of the rejected. */
  readonly rejected: ReadonlySet<number>;
  /** Offsets that may be there as well: an owner that did not know the menu type yet rejected them, and was fenced off. */
  readonly maybeRejected: ReadonlySet<number>;
  /** The totals of the records below an offset, but for those of the edges. */
  totalsBelow(offset: number): readonly TotalRow[];
  /** Every row of every table, pages unfolded. */
  readonly rows: readonly ExpectedRow[];
  readonly emitted: readonly ExpectedEmission[];
  /** What the join of the shard holds; undefined where it holds nothing. */
  readonly kept?: unknown;
}

export interface ExpectedRow {
  readonly table: TableDefinition;
  /** All columns; in place of a page's text `state`, and `heard` where it heard anything. */
  readonly columns: Columns;
  /** For a page: its lsn may also be that of a repetition that came after the last record that changed it. */
  readonly lsn?: { readonly from: number; readonly to: number };
}

/** A record that a fold must have emitted. */
export interface ExpectedEmission {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly from: string;
  readonly offset: number;
  readonly n: number;
  readonly since_ms: number;
  readonly timer?: { readonly delay: string; readonly due_ms: number };
}

/** The pipeline, checked by what follows from causes only. */
export function loosely(pipeline: Pipeline): Pipeline {
  return { ...pipeline, isLoose: true };
}

/** A fold of a pipeline. The types of its definition stay in here. */
export function simulatedFold<Event, State, Pin>(
  define: (menu: MenuSize) => FoldDefinition<Event, State, Pin>,
  recount: (log: ShardLog) => Truth,
): SimulatedFold {
  const { name, topic, rejectedTopic, totalsTopic, delays = {}, pages, decode } = define('larger');
  const forwarders = Object.keys(delays).map(
    (delay): Worker => ({
      name: `${name}>${delay}`,
      topic: delayTopic(name, delay),
      fold: undefined,
      own: ({ engine }, context, partition) =>
        engine.forwardPartition(
          { ...context, topic: delayTopic(name, delay), target: topic, rejectedTopic, observer: context.observer.delay(delay) },
          partition,
        ),
    }),
  );
  return {
    name,
    topic,
    fold: name,
    rejectedTopic,
    totalsTopic,
    delayTopics: forwarders.map((forwarder) => forwarder.topic),
    forwarders,
    pageTable: pages.table as TableDefinition,
    decode,
    recount,
    own: (subject, context, partition, menu) =>
      subject.engine.ownShard({ ...context, definition: subject.define(define(menu)) }, partition),
  };
}
