/** What a system tells the fold: how its events change the state of one key, and what follows from that. */
import type { LogRecord, NewRecord } from '#platform/log/log.ts';
import type { Mutation } from '#platform/tables/tables.ts';
import type { Cause } from './cause.ts';
import type { Join } from './join.ts';
import type { Lookup } from './lookup.ts';
import type { PageTable } from './page.ts';

/** What a fold sums, beside its name. */
export interface MeasureDefinition {
  /** A figure that falls below zero is then an error of the fold. */
  readonly nonNegative: boolean;
}

/** What an event adds to the figures of one name in one period: safe integers, of declared measures only. */
export interface TotalChange<Measure extends string = string> {
  readonly period: string;
  readonly name: string;
  readonly figures: Readonly<Partial<Record<Measure, number>>>;
}

/** An event read from a record, and the key that it belongs to. */
export interface ReadEvent<Event> {
  readonly ok: true;
  readonly key: string;
  readonly event: Event;
  /** The periods beside `all` whose totals the event, or an expiry before it, may change. `edges` is the engine's own. */
  readonly periods: readonly string[];
}

export interface Rejected {
  readonly ok: false;
  readonly reason: string;
}

/** Whose event it is, and where and when it stands in the log: all that a fold may know beside the event and the page of its key. */
export interface At {
  readonly key: string;
  readonly shard: number;
  readonly offset: number;
  /**
   * The time of the event, in milliseconds since the epoch: when its record was accepted, or, for a record that a delay
   * brought back, when it was due. A fold holds deadlines against this, never against a clock: a redo happens later.
   */
  readonly time_ms: number;
  /** The record of another fold, or of this one, that led to this one; undefined where it came from outside. */
  readonly cause: Cause | undefined;
  /** The delay that brought the record back. */
  readonly delay: string | undefined;
}

/** A record for another topic. Records of one key arrive there in the order in which the shard emitted them. */
export interface Emission<Topic extends string = string> {
  readonly topic: Topic;
  readonly key: string;
  readonly value: NewRecord['value'];
}

/** A record that comes back to this fold's own topic when the delay has passed since `At.time_ms`. */
export interface Delayed<Delay extends string = string> {
  readonly delay: Delay;
  readonly key: string;
  readonly value: NewRecord['value'];
}

/** What follows from an event, all of it a pure function of the page below it and of the event. */
export interface Effects<State, Topic extends string = string, Delay extends string = string, Measure extends string = string> {
  readonly state: State;
  readonly totals?: readonly TotalChange<Measure>[];
  /** The names of the lists that the key entered or left at this event; `memberRows` writes them. */
  readonly touched?: readonly string[];
  /** Rows that this event completes, at its own offset as their version (step b). */
  readonly rows?: readonly Mutation[];
  readonly emits?: readonly Emission<Topic>[];
  readonly after?: readonly Delayed<Delay>[];
}

/**
 * What became of an event. A refused one is written as a counted one is, so that the same command gets the same answer
 * again; it is no part of `eventRows`. A repeated one changes nothing; it may send its answer again.
 */
export type Folded<State, Topic extends string = string, Delay extends string = string, Measure extends string = string> =
  | ({ readonly outcome: 'counted' | 'refused' } & Effects<State, Topic, Delay, Measure>)
  | { readonly outcome: 'repeated'; readonly emits?: readonly Emission<Topic>[] };

/** A counted event of a flush, with its place in the log. */
export interface CountedEvent<Event> {
  readonly offset: number;
  readonly key: string;
  readonly event: Event;
}

export interface FoldDefinition<
  Event,
  State,
  Pin,
  Topic extends string = string,
  Delay extends string = string,
  Measure extends string = string,
> {
  /** The name under which its shards stand in the tables, and in the causes of what it emits. Lower case letters, digits and hyphens. */
  readonly name: string;
  readonly topic: string;
  readonly group: string;
  /** Where records that cannot be folded go, with the reason. */
  readonly rejectedTopic: string;
  /** Where each shard's totals are published after a commit; absent where nobody follows them. */
  readonly totalsTopic?: string;
  /** The topics that it emits to: what is emitted elsewhere does not compile. */
  readonly emits?: readonly Topic[];
  /** Its delays, by name (written as a fold's). Each is a topic of its own (`delayTopic`). A duration is fixed for the life of the data. */
  readonly delays?: Readonly<Record<Delay, { readonly duration_ms: number }>>;
  /** What its totals sum up, by name. */
  readonly measures: Readonly<Record<Measure, MeasureDefinition>>;
  /** Names that the totals of one period may have (default 256). */
  readonly names_max?: number;
  /**
   * Holds the running configuration against what the shard has pinned (null: nothing yet) and returns what to pin
   * from now on, or why this configuration must not touch the shard.
   */
  pin(
    pinned: string | null,
    nextOffset: number,
  ): { readonly ok: true; readonly fingerprint: string; readonly pin: Pin } | { readonly ok: false; readonly problem: string };
  /** Reads one record. A pure function of the record, the shard and the pinned configuration. */
  read(record: LogRecord, shard: number, pin: Pin): ReadEvent<Event> | Rejected;
  /** Where the pages stand: one row a key, whose text column `page` the engine owns. */
  readonly pages: { readonly table: PageTable; keyOf(key: string): Readonly<Record<string, string | number>> };
  /** The state of a key before its first event. */
  readonly initial: State;
  /** A state as the text of a JSON value. */
  encode(state: State): string;
  /** The state that such a value, parsed, says. @throws Error for one that it cannot understand */
  decode(value: unknown): State;
  /**
   * Folds one event into its key's state. Pure: it never changes the state that it is given, and knows nothing but its arguments.
   * @param found what `lookup` found in each of its ranges; undefined where the state and the event ask for nothing
   */
  fold(state: State, event: Event, at: At, found?: readonly unknown[]): Folded<State, NoInfer<Topic>, NoInfer<Delay>, NoInfer<Measure>>;
  /**
   * The deadline of a state, and what follows when it has passed. The engine expires a passed deadline before it folds the key's
   * next event, whichever that is, so that a delay that brings its record back late misses nothing.
   */
  readonly expiry?: {
    /** In milliseconds since the epoch; undefined where the state has none. */
    due_ms(state: State): number | undefined;
    /**
     * The state that it leaves has no deadline, or a later one, which is left to the event after this one even if it has passed.
     * It may change the totals of `all` and of the periods that `read` names for the event: no others are loaded, and the shard would
     * stop as one that cannot be folded.
     */
    expire(state: State, at: At): Effects<State, NoInfer<Topic>, NoInfer<Delay>, NoInfer<Measure>>;
  };
  /** Rows that must be read beside the page before some events can be folded. */
  readonly lookup?: Lookup<Event, State, unknown>;
  /** State that spans the keys of a shard. */
  readonly join?: Join<State, unknown>;
  /**
   * The rows of counted events (step b), in the order of the log. Under one epoch an event is counted once at the most;
   * under a later one it may come again, among others.
   */
  eventRows?(events: readonly CountedEvent<Event>[], shard: number, epoch: number): readonly Mutation[];
  /** One write for each touched list, as the key stands in it in the state, at the version `lsn` (step b). */
  memberRows?(
    key: string,
    state: State,
    touched: ReadonlySet<string>,
    at: { readonly shard: number; readonly lsn: number },
  ): readonly Mutation[];
}

/** Of folds and of delays: causes and edges put them together as `fold/shard>delay`, and are read back. */
const NAME = /^[a-z0-9-]+$/;

/**
 * Declares a fold; the types of its emissions, delays and measures follow from what it declares.
 * @throws Error for a name, its own or a delay's, that is not of lower case letters, digits and hyphens
 */
export function defineFold<
  Event,
  State,
  Pin,
  const Topic extends string = never,
  const Delay extends string = never,
  const Measure extends string = never,
>(definition: FoldDefinition<Event, State, Pin, Topic, Delay, Measure>): FoldDefinition<Event, State, Pin, Topic, Delay, Measure> {
  for (const name of [definition.name, ...Object.keys(definition.delays ?? {})])
    if (!NAME.test(name))
      throw new Error(`${JSON.stringify(name)} is no name of a fold or a delay: lower case letters, digits and hyphens make one`);
  return definition;
}
