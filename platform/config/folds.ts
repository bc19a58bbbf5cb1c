/** What all folds of one process share. */
import type { BudgetLimits } from '#platform/fold/budget.ts';
import { defineGroup } from './environment.ts';
import { wholeNumber } from './variables.ts';

/** Beside servers a process has memory for more than one that is a guest on a laptop (decisions 10, 11). */
const KAFKA_RECORDS_IN_FLUSHES = 20_000;
const EMBEDDED_RECORDS_IN_FLUSHES = 5_000;

type BudgetSettings = Omit<BudgetLimits, 'recordsInFlushes'> & { readonly recordsInFlushes: number | undefined };

/** The budget of a process, on Kafka or on the embedded log. */
export function budgetLimits(settings: BudgetSettings, on: 'kafka' | 'embedded'): BudgetLimits {
  const standard = on === 'kafka' ? KAFKA_RECORDS_IN_FLUSHES : EMBEDDED_RECORDS_IN_FLUSHES;
  return { ...settings, recordsInFlushes: settings.recordsInFlushes ?? standard };
}

export const foldsGroup = defineGroup({
  title: 'Folds',
  description: 'What all folds of one process share, however many shards it owns.',
  variables: {
    KAISEKI_RECORDS_IN_FLUSHES: wholeNumber(1, 1_000_000)
      .optional()
      .meta({
        description: `Records in all flushes under way at once; a larger flush goes alone. Unless set: ${KAFKA_RECORDS_IN_FLUSHES} with Kafka, ${EMBEDDED_RECORDS_IN_FLUSHES} with the embedded log.`,
        example: String(EMBEDDED_RECORDS_IN_FLUSHES),
      }),
    KAISEKI_CACHED_PAGES: wholeNumber(0, 10_000_000)
      .prefault('30000')
      .describe('Pages of keys that the process keeps in memory. Each claimed shard keeps an equal share at most.'),
    KAISEKI_CLAIMS_AT_ONCE: wholeNumber(1, 1_000)
      .prefault('4')
      .describe('Shards that the process claims at the same time. The others wait for their turn.'),
  },
  build: (values): BudgetSettings => ({
    recordsInFlushes: values.KAISEKI_RECORDS_IN_FLUSHES,
    cachedPages: values.KAISEKI_CACHED_PAGES,
    claimsAtOnce: values.KAISEKI_CLAIMS_AT_ONCE,
  }),
});
