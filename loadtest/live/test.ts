/** A test of viewers: each connection gets a snapshot, then every change. */
import { Counter, Rate, Trend } from 'k6/metrics';
import type { Options } from 'k6/options';
import { clearTimeout, setTimeout } from 'k6/timers';
import { WebSocket } from 'k6/websockets';
import { readMenu } from '../orders/api.ts';
import { reporter } from '../report/report.ts';
import { keyHeader, readServers } from '../servers.ts';
import { Variables } from '../variables.ts';
import { missedBefore, type Push } from './sequence.ts';

const messages = new Counter('live_messages');
const missed = new Counter('live_missed');
const failed = new Rate('live_failed');
const snapshot = new Trend('live_snapshot_ms');

/** Beside its time a connection may take this long to open and to close. */
const EXTRA_S = 30;

interface Watched {
  readonly dimension: string;
}

export function liveTest() {
  const variables = new Variables(__ENV);
  const servers = readServers(variables);
  const viewers = variables.whole('VIEWERS', 100, 1, 100_000);
  const duration_s = variables.duration_s('DURATION', 60);
  const dimension = variables.text('DIMENSION', '');
  variables.mustBeRight();
  const options: Options = {
    scenarios: {
      viewers: { executor: 'per-vu-iterations', exec: 'watch', vus: viewers, iterations: 1, maxDuration: `${duration_s + EXTRA_S}s` },
    },
    summaryTrendStats: ['avg', 'min', 'med', 'p(95)', 'p(99)', 'max'],
    thresholds: {
      live_failed: ['rate==0'],
      live_missed: ['count==0'],
      live_messages: [`count>=${viewers}`],
      live_snapshot_ms: ['p(95)<2000'],
    },
  };
  return {
    options,
    setup(): Watched {
      const names = readMenu(servers).map(({ name }) => name);
      const chosen = dimension === '' ? names[0] : names.find((name) => name === dimension);
      if (chosen === undefined) throw new Error(`DIMENSION is ${JSON.stringify(dimension)} but must be one of ${names.join(', ')}`);
      return { dimension: chosen };
    },
    /** Watches for the time of the test. A connection that ends earlier, or never opens, has failed. */
    watch({ dimension: watched }: Watched): void {
      const address = `${servers.live.replace(/^http/, 'ws')}/live?dimension=${watched}`;
      const socket = new WebSocket(address, null, { headers: keyHeader(servers.keys.read) });
      const began_ms = Date.now();
      let last: Push | undefined;
      let isOver = false;
      const end = setTimeout(() => {
        isOver = true;
        socket.close();
      }, duration_s * 1_000);
      socket.onmessage = (message) => {
        const push: Push = JSON.parse(String(message?.data));
        if (last === undefined) snapshot.add(Date.now() - began_ms);
        messages.add(1);
        missed.add(missedBefore(push, last));
        last = push;
      };
      socket.onclose = () => {
        clearTimeout(end);
        failed.add(!isOver || last === undefined);
      };
    },
    handleSummary: reporter('live', 'viewers', __ENV),
  };
}
