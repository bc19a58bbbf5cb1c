/** Sends the orders of one request, again and again until their fate is known or patience ends. */
import { sleep } from 'k6';
import http from 'k6/http';
import type { SampleSend } from '../../workloads/orders/replay/sample-stream.ts';
import { keyHeader, type Servers } from '../servers.ts';
import * as metrics from './metrics.ts';

const REQUEST_MS_MAX = 30_000;
/** Together with the waits between them: a pod that is replaced, or a broker that dies, is back meanwhile. */
const ATTEMPTS_MAX = 40;
const PATIENCE_MS = 90_000;
const WAIT_S_MIN = 0.1;
const WAIT_S_MAX = 5;

/** What an answer says: of each order that is to be sent again, whether it may have been counted already. */
interface Answer {
  readonly accepted: readonly SampleSend[];
  readonly refused: readonly SampleSend[];
  readonly again: readonly SampleSend[];
  readonly mayBeCounted: boolean;
  readonly retryAfter_s: number;
}

/** Sends all, under the same ids each time, and counts what became of them. */
export function sendAll(sends: readonly SampleSend[], servers: Servers): void {
  const deadline_ms = Date.now() + PATIENCE_MS;
  let waiting = sends;
  let mayBeCounted = false;
  let wait_s = WAIT_S_MIN;
  for (let attempt = 1; waiting.length > 0; attempt++) {
    const answer = send(waiting, servers);
    count(metrics.refused, answer.refused);
    countAccepted(answer.accepted);
    waiting = answer.again;
    mayBeCounted ||= answer.mayBeCounted;
    if (waiting.length === 0) return;
    if (attempt === ATTEMPTS_MAX || Date.now() > deadline_ms) break;
    metrics.resent.add(waiting.length);
    sleep(Math.min(Math.max(wait_s, answer.retryAfter_s), WAIT_S_MAX));
    wait_s *= 2;
  }
  count(mayBeCounted ? metrics.unknown : metrics.refused, waiting);
}

function countAccepted(sends: readonly SampleSend[]): void {
  const orders = sends.filter(({ repeated }) => !repeated).length;
  metrics.accepted.add(orders);
  metrics.lost.add(orders);
  metrics.repeated.add(sends.length - orders);
}

function count(metric: typeof metrics.refused, sends: readonly SampleSend[]): void {
  metric.add(sends.filter(({ repeated }) => !repeated).length);
}

function send(sends: readonly SampleSend[], { ingest, keys }: Servers): Answer {
  const isBatch = sends.length > 1;
  const path = isBatch ? '/api/log/batch' : '/api/log';
  const response = http.post(`${ingest}${path}`, sends.map(({ order }) => JSON.stringify(order)).join('\n'), {
    headers: { 'Content-Type': isBatch ? 'application/x-ndjson' : 'application/json', ...keyHeader(keys.ingest) },
    timeout: REQUEST_MS_MAX,
    tags: { name: path, what: 'orders' },
  });
  metrics.answered202.add(response.status === 202);
  const none = { accepted: [], refused: [], again: [], mayBeCounted: false, retryAfter_s: Number(response.headers['Retry-After'] ?? 0) };
  if (response.status === 202) return { ...none, accepted: sends };
  if (response.status === 207) return { ...none, ...fatesOf(sends, response.json()) };
  if (response.status >= 500 || response.status === 0) {
    // A full queue has taken nothing; every other silence may come after the log has the orders.
    const isOverloaded = response.status === 503 && String(response.body).includes(':overloaded"');
    return { ...none, again: sends, mayBeCounted: !isOverloaded };
  }
  return { ...none, refused: sends };
}

/** The fates of the orders of a batch that was accepted in part: `{refused: [{index, reason}]}`. */
function fatesOf(sends: readonly SampleSend[], body: unknown): Pick<Answer, 'accepted' | 'refused' | 'again' | 'mayBeCounted'> {
  const reasons = new Map((body as BatchResult).refused.map(({ index, reason }) => [index, reason]));
  const having = (wanted: string | undefined) => sends.filter((_, index) => reasons.get(index) === wanted);
  const again = having('unavailable');
  return { accepted: having(undefined), refused: having('invalid'), again, mayBeCounted: again.length > 0 };
}

interface BatchResult {
  readonly refused: readonly { readonly index: number; readonly reason: string }[];
}
