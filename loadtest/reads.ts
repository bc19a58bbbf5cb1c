/** Reading as pages and campaigns do it. `k6 run loadtest/reads.ts`; settings: docs/how-to/load-test.md. */
import { readsTest } from './reads/test.ts';

export const { options, setup, read, handleSummary } = readsTest();
