import { useEffect, useState } from 'react';
import { systemClock } from '#platform/clock/clock.ts';
import { NOTHING_RECENT, type Recent, recentAfter, STEP_MS } from '#workloads/web/figures/recent.ts';
import type { Counts } from '#workloads/web/figures/slices.ts';

export interface RecentNow {
  readonly recent: Recent;
  /** The instant to show it at, in milliseconds since the epoch; it moves on though nothing is ordered. */
  readonly now_ms: number;
}

/** The orders of the last minutes, from totals as they come. */
export function useRecent(totals: Counts | undefined): RecentNow {
  const [seen, setSeen] = useState<RecentNow>(() => ({ recent: NOTHING_RECENT, now_ms: systemClock.now_ms() }));
  useEffect(() => {
    if (!totals) return;
    const now_ms = systemClock.now_ms();
    setSeen((before) => ({ recent: recentAfter(before.recent, now_ms, totals), now_ms }));
  }, [totals]);
  useEffect(() => {
    const gone = new AbortController();
    const tick = async () => {
      for (;;) {
        // Until the step that is under way is over.
        await systemClock.sleep(STEP_MS - (systemClock.now_ms() % STEP_MS), gone.signal);
        if (gone.signal.aborted) return;
        setSeen((before) => ({ ...before, now_ms: systemClock.now_ms() }));
      }
    };
    void tick();
    return () => gone.abort();
  }, []);
  return seen;
}
