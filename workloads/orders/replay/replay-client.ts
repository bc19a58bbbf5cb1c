/** Sends orders to a running ingest over HTTP, again and again until their fate is known or patience ends. */
import { z } from 'zod';
import type { Clock } from '#platform/clock/clock.ts';
import type { SampleOrder } from './sample-stream.ts';

export interface ClientOptions {
  /** Where ingest listens: `http://localhost:8080`. */
  readonly url: string;
  readonly apiKey: string | undefined;
  readonly clock: Clock;
  /** Told why orders are about to be sent again. */
  readonly retrying: (reason: string) => void;
}

/** What became of one order. `unknown`: it may or may not be counted; nobody answered in the end. */
export type Fate = 'accepted' | 'refused' | 'unknown';

/** One question to ingest, answered: the fates in the orders' order, and how often it was asked again. */
export interface SentOrders {
  readonly fates: readonly Fate[];
  readonly retries: number;
  /** Why the last refused or unknown order was, where any was. */
  readonly reason: string | undefined;
}

/** One request, with its answer, may take so long. */
const REQUEST_MS_MAX = 30_000;
/** Together with the waits between them: a broker that dies is replaced meanwhile. */
const ATTEMPTS_MAX = 40;
const WAIT_MS_MIN = 100;
const WAIT_MS_MAX = 2_000;

/** What one attempt found out. Orders that are not in `known` are to be sent again. */
interface Attempt {
  readonly known: ReadonlyMap<number, Fate>;
  readonly reason: string | undefined;
  /** What the server asks to wait, in milliseconds. */
  readonly retryAfter_ms: number | undefined;
}

/**
 * Sends orders as one batch (one order: as one order). Those that the log did not confirm, and all where no answer came,
 * are sent again under their ids, so that each is counted once. Never rejects for what the server does; stops early, with `unknown`, when `signal` is aborted.
 */
export async function sendOrders(orders: readonly SampleOrder[], options: ClientOptions, signal: AbortSignal): Promise<SentOrders> {
  const fates = new Map<number, Fate>();
  let waiting = orders.map((_, index) => index);
  let reason: string | undefined;
  let attempts = 0;
  let wait_ms = WAIT_MS_MIN;
  while (waiting.length > 0 && attempts < ATTEMPTS_MAX && !signal.aborted) {
    const attempt = await attemptToSend(
      waiting.flatMap((index) => orders[index] ?? []),
      options,
    );
    attempts += 1;
    reason = attempt.reason ?? reason;
    waiting.forEach((index, place) => {
      const fate = attempt.known.get(place);
      if (fate) fates.set(index, fate);
    });
    waiting = waiting.filter((index) => !fates.has(index));
    if (waiting.length === 0) break;
    options.retrying(reason ?? 'no answer');
    await options.clock.sleep(Math.max(wait_ms, Math.min(attempt.retryAfter_ms ?? 0, WAIT_MS_MAX)), signal);
    wait_ms = Math.min(wait_ms * 2, WAIT_MS_MAX);
  }
  return { fates: orders.map((_, index) => fates.get(index) ?? 'unknown'), retries: Math.max(0, attempts - 1), reason };
}

/** A path of a server that may itself stand under one: `https://shop.example/kaiseki`. */
export function addressAt(url: string, path: string): URL {
  return new URL(`.${path}`, url.endsWith('/') ? url : `${url}/`);
}

const batchAnswer = z.object({ refused: z.array(z.object({ index: z.int(), reason: z.string() })) });
const problemAnswer = z.object({ detail: z.string() });

async function attemptToSend(orders: readonly SampleOrder[], { url, apiKey }: ClientOptions): Promise<Attempt> {
  const isBatch = orders.length > 1;
  const body = orders.map((order) => JSON.stringify(order)).join('\n');
  try {
    const response = await fetch(addressAt(url, isBatch ? '/api/log/batch' : '/api/log'), {
      method: 'POST',
      headers: {
        'Content-Type': isBatch ? 'application/x-ndjson' : 'application/json',
        ...(apiKey === undefined ? {} : { Authorization: `Bearer ${apiKey}` }),
      },
      body,
      signal: AbortSignal.timeout(REQUEST_MS_MAX),
    });
    return readAnswer(orders.length, response.status, await response.json(), response.headers.get('Retry-After'));
  } catch (error) {
    return { known: new Map(), reason: reasonOf(error), retryAfter_ms: undefined };
  }
}

/** What another moment may change: too slow, or too much at once. */
const PASSING: ReadonlySet<number> = new Set([408, 429]);

/** What an answer says of each order: a 5xx and a passing refusal say nothing, every other problem is a refusal of all. */
function readAnswer(count: number, status: number, answer: unknown, retryAfter: string | null): Attempt {
  const retryAfter_ms = retryAfter === null ? undefined : Number(retryAfter) * 1_000;
  const all = (fate: Fate) => new Map(Array.from({ length: count }, (_, index) => [index, fate]));
  const reason = problemAnswer.safeParse(answer).data?.detail ?? `status ${status}`;
  if (status === 202) return { known: all('accepted'), reason: undefined, retryAfter_ms };
  if (status === 207) {
    const known = all('accepted');
    for (const { index, reason: why } of batchAnswer.parse(answer).refused) {
      if (why === 'invalid') known.set(index, 'refused');
      else known.delete(index);
    }
    return { known, reason: 'some orders of a batch were not accepted', retryAfter_ms };
  }
  return { known: status >= 500 || PASSING.has(status) ? new Map() : all('refused'), reason, retryAfter_ms };
}

/** fetch says “fetch failed” and hides why in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
