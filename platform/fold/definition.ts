/** What a system tells the fold: how its events change the state of one key, and which rows follow from that. */
import type { LogRecord } from '#platform/log/log.ts';
import type { Mutation, Tables } from '#platform/tables/tables.ts';

/** The state of one key (a user). `lsn` is the offset of the last event folded into it, -1 before the first. Immutable. */
export interface KeyState {
  readonly lsn: number;
}

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
  /** The periods beside `all` whose totals the event may change. */
  readonly periods: readonly string[];
}

export interface Rejected {
  readonly ok: false;
  readonly reason: string;
}

/** What became of one event. A duplicate's state differs in `lsn` only. */
export type Tallied<State> =
  | { readonly kind: 'duplicate'; readonly state: State }
  | {
      readonly kind: 'counted';
      readonly state: State;
      readonly totals: readonly TotalChange[];
      /** The segments that the key entered or left at this event. */
      readonly touched: readonly string[];
      /** Rows that this event completes (step b): a pure function of the state and the event, like all of this. */
      readonly rows?: readonly Mutation[];
    };

/** A counted event of a flush, with its place in the log. */
export interface CountedEvent<Event> {
  readonly offset: number;
  readonly key: string;
  readonly event: Event;
}

export interface FoldDefinition<Event, State extends KeyState, Pin> {
  /** The name under which its shards stand in the tables. */
  readonly name: string;
  readonly topic: string;
  readonly group: string;
  /** Where records that cannot be folded go, with the reason. */
  readonly rejectedTopic: string;
  /** Where each shard's totals are published after a commit. */
  readonly totalsTopic: string;
  /** What its totals consist of. */
  readonly measures: Readonly<Record<string, MeasureDefinition>>;
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
  /** The state of a key before its first event. */
  readonly newState: State;
  /** The states of keys, in their order; a key without a row has `newState`. @throws Unfoldable for a row that it cannot understand */
  load(tables: Tables, keys: readonly string[]): Promise<readonly State[]>;
  /** Folds one event into its key's state. Pure. */
  tally(state: State, event: Event, offset: number): Tallied<State>;
  /**
   * The rows of counted events (step b), in the order of the log. Under one epoch an event is counted once at the most;
   * under a later one it may come again, among others.
   */
  eventRows(events: readonly CountedEvent<Event>[], shard: number, epoch: number): readonly Mutation[];
  /** One write for each touched segment, as it stands in the state, at the state's lsn (step b). */
  memberRows(key: string, state: State, touched: ReadonlySet<string>, shard: number): readonly Mutation[];
  /** The key's own row, at the state's lsn (step c). */
  stateRow(key: string, state: State): Mutation;
}
