/**
 * What a run counts. k6's clients and the end of a run share nothing but metrics, and thresholds look at one metric: that
 * is why some of these are added to by the one and subtracted from by the other, and must come out at 0.
 */
import { Counter, Rate } from 'k6/metrics';

/** Orders that got 202, each once however often it was sent. */
export const accepted = new Counter('orders_accepted');
/** Orders that were answered otherwise in the end. */
export const refused = new Counter('orders_refused');
/** Orders whose fate nobody knows: no answer came, however often they were sent. */
export const unknown = new Counter('orders_unknown');
/** Orders that were sent again because of a 503 or no answer. */
export const resent = new Counter('orders_resent');
/** Second sends of orders that are sent twice on purpose, and got 202. */
export const repeated = new Counter('orders_repeated');
/** Of all answers to orders, the share that were 202. */
export const answered202 = new Rate('orders_answered_202');

/** Orders that the API shows in the end. */
export const found = new Counter('orders_found');
/** Accepted less found: 0 when everything that got 202 was counted, and nothing else. */
export const lost = new Counter('orders_lost');
/** Orders counted more than once: 0, however often an order was sent. */
export const doubled = new Counter('orders_doubled');
/** Orders found less what the totals grew by: at most 0; below it where others order too. */
export const missingInTotals = new Counter('orders_missing_in_totals');
