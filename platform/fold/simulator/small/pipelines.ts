/** The pipelines of small folds, in which every boundary is met within a few records. */
import type { Pipeline } from '../pipeline.ts';
import { smallAggregate } from './aggregate.ts';
import { smallOrders } from './orders.ts';
import { smallTimers } from './timers.ts';

export const PIPELINES: readonly Pipeline[] = [smallOrders, smallAggregate, smallTimers];
