/** What is put to the test: the production fold, or a mutant of it. */
import type { FoldDefinition } from '../definition.ts';
import { ownShard } from '../fold.ts';
import { forwardPartition } from '../forwarder.ts';
import { MemoryTables } from './memory-tables.ts';

/** The engine: what runs a shard of a fold, and a partition of a delay. */
export interface Engine {
  readonly ownShard: typeof ownShard;
  readonly forwardPartition: typeof forwardPartition;
}

export interface Subject {
  readonly engine: Engine;
  /** The tables of one history. */
  tables(): MemoryTables;
  /** Whether a record may become durable after one of the same append and partition whose fate is unknown: what no log may do. */
  readonly suffixes: boolean;
  /** The definition as one owner gets it. */
  define<Event, State, Pin>(definition: FoldDefinition<Event, State, Pin>): FoldDefinition<Event, State, Pin>;
}

export const production: Subject = {
  engine: { ownShard, forwardPartition },
  tables: () => new MemoryTables(),
  suffixes: false,
  define: (definition) => definition,
};
