/** The budget of a process as gauges. */
import type { FoldBudget } from '#platform/fold/budget.ts';
import type { Metrics } from './metrics.ts';

/** Returns what ends the measuring. */
export function measureBudget({ flushes, pages }: FoldBudget, { fold, beforeRender }: Pick<Metrics, 'fold' | 'beforeRender'>): () => void {
  fold.recordsInFlushesLimit.set(flushes.limit);
  fold.cachedPagesLimit.set(pages.limit);
  return beforeRender(() => {
    fold.recordsInFlushes.set(flushes.taken);
    fold.cachedPages.set(pages.kept);
  });
}
