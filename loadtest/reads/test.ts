/** A test that reads: what pages, campaigns and customer desks ask, in the shares in which they ask it. */
import exec from 'k6/execution';
import http from 'k6/http';
import type { Options } from 'k6/options';
import { readMenu } from '../orders/api.ts';
import { reporter } from '../report/report.ts';
import { keyHeader, readServers } from '../servers.ts';
import { Variables } from '../variables.ts';
import { type Known, QUESTIONS, questionAt } from './questions.ts';

const USERS_KNOWN_MAX = 1_000;
const READ_MS_MAX = 30_000;

export function readsTest() {
  const variables = new Variables(__ENV);
  const servers = readServers(variables);
  const rate = variables.whole('RATE', 100, 1, 1_000_000);
  const duration_s = variables.duration_s('DURATION', 60);
  const vus = variables.whole('VUS', 50, 1, 10_000);
  const p95_ms = variables.whole('P95_MS', 300, 1, 60_000);
  variables.mustBeRight();
  const ask = (path: string, name: string) =>
    http.get(`${servers.summary}${path}`, { headers: keyHeader(servers.keys.read), timeout: READ_MS_MAX, tags: { name, what: 'reads' } });
  const options: Options = {
    scenarios: {
      reads: {
        executor: 'constant-arrival-rate',
        exec: 'read',
        rate,
        duration: `${duration_s}s`,
        preAllocatedVUs: vus,
        maxVUs: vus,
      },
    },
    summaryTrendStats: ['avg', 'min', 'med', 'p(95)', 'p(99)', 'max'],
    thresholds: {
      'http_req_failed{what:reads}': ['rate<0.01'],
      'http_req_duration{what:reads}': [`p(95)<${p95_ms}`],
      // A threshold on each question, whatever it takes, so that the report has a line for each.
      ...Object.fromEntries(QUESTIONS.map(({ name }) => [`http_req_duration{name:${name}}`, ['max>=0']])),
    },
  };
  return {
    options,
    setup(): Known {
      const segments = readMenu(servers).flatMap((dimension) => dimension.menu_types.map(({ name }) => name));
      const pages = segments.map((segment) => ask(`/api/segments/${segment}/users?limit=${USERS_KNOWN_MAX}`, 'setup').json('users'));
      const users = pages.flatMap((page) => (Array.isArray(page) ? page.map(String) : []));
      return { segments, users: users.slice(0, USERS_KNOWN_MAX) };
    },
    read(known: Known): void {
      const { name, path } = questionAt(exec.scenario.iterationInTest, known);
      ask(path, name);
    },
    handleSummary: reporter('reads', 'steady', __ENV),
  };
}
