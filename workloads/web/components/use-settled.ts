import { useEffect, useState } from 'react';
import { systemClock } from '#platform/clock/clock.ts';

/** The value as it was when it last stayed the same for `pause_ms`. */
export function useSettled<T>(value: T, pause_ms: number): T {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const changed = new AbortController();
    void systemClock.sleep(pause_ms, changed.signal).then(() => {
      if (!changed.signal.aborted) settle(value);
    });
    return () => changed.abort();
  }, [value, pause_ms]);
  return settled;
}
