/** Every metric of the program: the platform's own, and those that each system declares in its folder. A new system is a line here. */
import { Declarations } from '#platform/metrics/declare.ts';
import { createMetrics } from '#platform/metrics/metrics.ts';
import { declareOrdersMetrics } from './orders/metrics.ts';

export type ProgramMetrics = ReturnType<typeof createProgramMetrics>;

/** Every metric, at its beginning, in a registry of its own. Every process has all of them, whichever workloads it runs. */
export function createProgramMetrics() {
  const declare = new Declarations();
  return {
    ...createMetrics(declare),
    orders: declareOrdersMetrics(declare),
  };
}
