import { useState } from 'react';

/** Where a person is in a list that is read by cursor. Only the pages before are remembered, by their cursor. */
export interface Pages {
  readonly cursor: string | undefined;
  /** From 1. */
  readonly number: number;
  next(cursor: string): void;
  previous(): void;
}

/** @param list what is paged: another list begins at its first page */
export function usePages(list: string): Pages {
  const [place, setPlace] = useState<{ readonly list: string; readonly cursors: readonly string[] }>({ list, cursors: [] });
  const cursors = place.list === list ? place.cursors : [];
  // Forgets the former list's place at once: whoever comes back to that list begins anew too.
  if (place.list !== list) setPlace({ list, cursors });
  return {
    cursor: cursors.at(-1),
    number: cursors.length + 1,
    next: (cursor) => setPlace({ list, cursors: [...cursors, cursor] }),
    previous: () => setPlace({ list, cursors: cursors.slice(0, -1) }),
  };
}
