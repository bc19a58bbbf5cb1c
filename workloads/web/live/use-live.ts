import { useEffect, useState } from 'react';
import { systemClock } from '#platform/clock/clock.ts';
import type { Problem } from '#workloads/web/api/problem.ts';
import type { HowHeard, LiveSource } from './source.ts';

/** What a component sees of a live source. */
export interface Live<T> {
  /** The last value known. Right after a change of source it is still the former source's. */
  readonly value: T | undefined;
  /** When that value came, in milliseconds since the epoch. */
  readonly received_ms: number | undefined;
  /** How that value came. */
  readonly heard: HowHeard | undefined;
  /** Whether `value` is this source's own. */
  readonly settled: boolean;
  /** The trouble that the source has now. */
  readonly problem: Problem | undefined;
}

/** Observes `source` while the component is there. The source must stay the same object as long as it means the same (`useMemo`). */
export function useLive<T>(source: LiveSource<T>): Live<T> {
  const [seen, setSeen] = useState<{ value?: T; received_ms?: number; heard?: HowHeard; from?: LiveSource<T> }>({});
  const [trouble, setTrouble] = useState<{ problem: Problem; from: LiveSource<T> }>();

  useEffect(
    () =>
      source({
        next: (value, heard) => {
          setSeen({ value, received_ms: systemClock.now_ms(), heard, from: source });
          setTrouble(undefined);
        },
        trouble: (problem) => setTrouble({ problem, from: source }),
      }),
    [source],
  );

  return {
    value: seen.value,
    received_ms: seen.received_ms,
    heard: seen.heard,
    settled: seen.from === source,
    problem: trouble?.from === source ? trouble.problem : undefined,
  };
}
