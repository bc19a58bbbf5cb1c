/** Orders, each by itself, as customers make them. `k6 run loadtest/orders.ts`; settings: docs/how-to/load-test.md. */
import { orderTest } from './orders/test.ts';

export const { options, setup, send, check, handleSummary } = orderTest('orders', { batch: 1, rate: 200 });
