/** Orders in batches, as another system hands them over. `k6 run loadtest/batch.ts`; settings: docs/how-to/load-test.md. */
import { orderTest } from './orders/test.ts';

export const { options, setup, send, check, handleSummary } = orderTest('batch', { batch: 500, rate: 2000 });
