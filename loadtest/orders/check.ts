/**
 * The end of a run: asks the API whether everything that got 202 was counted, and nothing twice. The users are of this run
 * alone, so whatever others order meanwhile, each of its orders is looked for by its own id.
 */
import { sleep } from 'k6';
import exec from 'k6/execution';
import type { Scenario } from 'k6/options';
import { readCounted, readTotals } from './api.ts';
import * as metrics from './metrics.ts';
import type { OrderSettings } from './settings.ts';
import { settle } from './settle.ts';
import { ordersIn, type Run, usersOf } from './stream.ts';

/** A counter that takes over shards of one that died stands still meanwhile. */
const QUIET_S = 45;

/** A request may be begun up to this long after the last one was due. */
const LAST_REQUEST_S = 1;
const POLL_S = 0.5;

/**
 * A client of its own does the check, when the others have ended: unlike k6's teardown it is told how many requests there
 * were, so it knows what to wait for.
 */
export function checkScenario(settings: OrderSettings, exec: string): Scenario {
  const startTime = `${settings.profile === 'replay' ? 0 : settings.duration_s + LAST_REQUEST_S}s`;
  return { executor: 'per-vu-iterations', exec, vus: 1, iterations: 1, startTime, maxDuration: '48h', gracefulStop: '0s' };
}

/** Returns when no request is under way or will be begun. */
export function othersEnded(settings: OrderSettings): void {
  if (settings.profile === 'replay') {
    const requests = Math.ceil(settings.orders / settings.batch);
    while (exec.instance.iterationsCompleted + exec.instance.iterationsInterrupted < requests) sleep(POLL_S);
  }
  while (exec.instance.vusActive > 1) sleep(POLL_S);
}

/** Waits until all is counted, or nothing moves any more, and says through the metrics what is there. */
export function checkCounted(settings: OrderSettings, run: Run): void {
  const { servers } = settings;
  const expected = expectedOrders(settings);
  // Each wait has the whole time: where the first one used it up, the users' rows may still be on their way.
  const patience = () => ({ expected, quiet_s: QUIET_S, deadline_ms: Date.now() + settings.settle_s * 1_000 });
  const grown = () => readTotals(servers, run.dimensions) - run.orders_before;
  // Totals come before the users' rows, and are far cheaper to ask for.
  settle(grown, (orders) => orders, patience());
  const users = usersOf(settings, run);
  const counted = settle(
    () => readCounted(servers, users),
    ({ orders }) => orders,
    patience(),
  );
  metrics.found.add(counted.orders);
  metrics.lost.add(-counted.orders);
  metrics.doubled.add(counted.doubled);
  metrics.missingInTotals.add(counted.orders - grown());
}

/** What all finished requests held; fewer were accepted where some were refused. */
function expectedOrders(settings: OrderSettings): number {
  const requests = exec.instance.iterationsCompleted;
  return requests === 0 ? 0 : (requests - 1) * settings.batch + ordersIn(settings, requests - 1);
}
