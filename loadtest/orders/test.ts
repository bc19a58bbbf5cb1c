/** A test that sends orders: what k6 asks of a script, made of the settings. */
import { sleep } from 'k6';
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { reporter } from '../report/report.ts';
import { readMenu, readTotals } from './api.ts';
import { checkCounted, checkScenario, othersEnded } from './check.ts';
import { due_ms, scenarioOf } from './profiles.ts';
import { sendAll } from './send.ts';
import { type OrderDefaults, readOrderSettings } from './settings.ts';
import { type Run, requestOf } from './stream.ts';

const SEEDS = 1_000_000_000;

/** @param name of the script, in the report @throws Error that names every wrong variable */
export function orderTest(name: string, defaults: OrderDefaults) {
  const settings = readOrderSettings(__ENV, defaults);
  const options: Options = {
    scenarios: { orders: { ...scenarioOf(settings), exec: 'send' }, check: checkScenario(settings, 'check') },
    setupTimeout: '60s',
    batchPerHost: 20,
    batch: 20,
    summaryTrendStats: ['avg', 'min', 'med', 'p(95)', 'p(99)', 'max'],
    thresholds: {
      // What was accepted is counted, once: never to be relaxed.
      orders_lost: ['count==0'],
      orders_doubled: ['count==0'],
      orders_missing_in_totals: ['count<=0'],
      orders_unknown: ['count==0'],
      orders_refused: ['count==0'],
      // How well it was served.
      orders_answered_202: ['rate>0.99'],
      'http_req_failed{what:orders}': ['rate<0.01'],
      'http_req_duration{what:orders}': [`p(95)<${settings.p95_ms}`],
    },
  };
  return {
    options,
    setup(): Run {
      const dimensions = readMenu(settings.servers);
      const began_ms = Date.now();
      return {
        name: `load-${began_ms.toString(36)}${Math.floor(Math.random() * 36 ** 4).toString(36)}`,
        seed: settings.seed ?? Math.floor(Math.random() * SEEDS),
        dimensions,
        began_ms,
        orders_before: readTotals(settings.servers, dimensions),
      };
    },
    send(run: Run): void {
      const index = exec.scenario.iterationInTest;
      if (settings.profile === 'replay') sleep(Math.max(0, exec.scenario.startTime + due_ms(settings, index) - Date.now()) / 1_000);
      sendAll(requestOf(settings, run, index, Date.now()), settings.servers);
    },
    check(run: Run): void {
      othersEnded(settings);
      checkCounted(settings, run);
    },
    handleSummary: reporter(name, settings.profile, __ENV),
  };
}
