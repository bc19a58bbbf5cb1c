/** Everything that a fold works with; the same for all of its shards. */
import type { Clock } from '#platform/clock/clock.ts';
import type { Log } from '#platform/log/log.ts';
import type { Tables } from '#platform/tables/tables.ts';
import type { FoldBudget } from './budget.ts';
import type { FoldDefinition } from './definition.ts';
import type { FoldLimits } from './limits.ts';
import type { FoldObserver } from './outcome.ts';

export interface FoldContext<Event, State, Pin> {
  readonly definition: FoldDefinition<Event, State, Pin>;
  readonly log: Pick<Log, 'append' | 'nameOf'>;
  readonly tables: Tables;
  readonly clock: Clock;
  readonly limits: FoldLimits;
  /** What all folds of the process share. */
  readonly budget: FoldBudget;
  readonly observer: FoldObserver;
}
