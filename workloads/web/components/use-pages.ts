import { useState } from 'react';

/** Where a person is in a list that is read by cursor. Only the pages before are remembered, by their cursor. */
export interface Pages {
  readonly cursor: string | undefined;
  /** From 1. */
  readonly number: number;
  next(cursor: string): void;
  previous(): void;
}

export function usePages(): Pages {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  return {
    cursor: cursors.at(-1),
    number: cursors.length + 1,
    next: (cursor) => setCursors([...cursors, cursor]),
    previous: () => setCursors(cursors.slice(0, -1)),
  };
}
