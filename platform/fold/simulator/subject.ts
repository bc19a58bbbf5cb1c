/** What is put to the test: the production fold, or a mutant of it. */
import type { FoldDefinition, KeyState } from '../definition.ts';
import { ownShard } from '../fold.ts';
import { MemoryTables } from './memory-tables.ts';

export interface Subject {
  readonly ownShard: typeof ownShard;
  /** The tables of one history. */
  tables(): MemoryTables;
  /** The definition as one owner gets it. */
  define<Event, State extends KeyState, Pin>(definition: FoldDefinition<Event, State, Pin>): FoldDefinition<Event, State, Pin>;
}

export const production: Subject = {
  ownShard,
  tables: () => new MemoryTables(),
  define: (definition) => definition,
};
