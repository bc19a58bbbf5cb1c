import { useEffect, useState } from 'react';
import { Changes } from './changes.ts';

/** Announces a change whenever `value` is another one. */
export function useChanges(value: unknown): Changes {
  const [{ changes, last }] = useState(() => ({ changes: new Changes(), last: { value } }));
  useEffect(() => {
    if (last.value === value) return;
    last.value = value;
    changes.announce();
  }, [changes, last, value]);
  return changes;
}
