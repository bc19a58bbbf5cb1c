/** The page of a key: its state, the offset of the last record folded into it, and what it has heard. The engine owns it. */
import { z } from 'zod';
import { type Mutation, put, type TableDefinition } from '#platform/tables/tables.ts';
import { type Heard, NOTHING_HEARD } from './cause.ts';
import type { FoldDefinition } from './definition.ts';
import { Unfoldable } from './outcome.ts';

/** A table of pages: the columns of the key, and one text. */
export type PageTable = TableDefinition<{ readonly [column: string]: 'text' | 'int'; readonly page: 'text' }>;

/** In the memory of a shard's owner, who changes it with every event of the key and writes it once a flush. */
export interface Page<State> {
  /** -1 before the first record. */
  lsn: number;
  heard: Heard;
  state: State;
}

/** What is written of a page: JSON, so that those who only read need nothing but the system's own `decode`. */
const pageSchema = z.object({
  lsn: z.int().min(0),
  heard: z.record(z.string(), z.tuple([z.int(), z.int()])).optional(),
  state: z.unknown(),
});

type Pages<State> = Pick<FoldDefinition<never, State, never>, 'pages' | 'initial' | 'encode' | 'decode'>;

export function newPage<State>({ initial }: Pages<State>): Page<State> {
  return { lsn: -1, heard: NOTHING_HEARD, state: initial };
}

/** The whole row of a page, versioned by its lsn (step c). */
export function pageRow<State>({ pages, encode }: Pages<State>, key: string, { lsn, heard, state }: Page<State>): Mutation {
  const heardText = heard === NOTHING_HEARD ? '' : `"heard":${JSON.stringify(heard)},`;
  return put(pages.table, { ...pages.keyOf(key), page: `{"lsn":${lsn},${heardText}"state":${encode(state)}}` }, lsn);
}

/** The page that a row's text says. @throws Unfoldable for a text that another program has written */
export function pageOf<State>(definition: Pages<State>, key: string, text: string): Page<State> {
  try {
    const { lsn, heard, state } = pageSchema.parse(JSON.parse(text));
    return { lsn, heard: heard ?? NOTHING_HEARD, state: definition.decode(state) };
  } catch (error) {
    throw new Unfoldable(`the row of ${JSON.stringify(key)} in ${definition.pages.table.name}`, error);
  }
}
