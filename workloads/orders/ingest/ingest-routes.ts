/** POST /api/log and /api/log/batch: orders in. */
import { z } from 'zod';
import type { Clock } from '#platform/clock/clock.ts';
import { parseJson, withTextBody } from '#platform/http/body.ts';
import { BodyBudget } from '#platform/http/body-budget.ts';
import { type Caller, callerOf } from '#platform/http/caller.ts';
import { HttpProblem, overloaded, type ProblemExtras, type ProblemKind, unavailable } from '#platform/http/problem.ts';
import { problemResponse, type Route, sendJson } from '#platform/http/route.ts';
import type { NewRecord } from '#platform/log/log.ts';
import { fieldProblemSchema } from '#platform/words/field-problems.ts';
import { acceptOrder, encodeOrder, type Order, type OrderRules, orderSchemaOf } from '../order.ts';
import { BATCH_ORDERS_MAX, NDJSON, type ReadBatch, readBatch } from './ingest-batch.ts';
import { type IngestMetrics, REFUSAL_REASONS, type RefusalReason } from './ingest-metrics.ts';
import type { IngestQueue } from './ingest-queue.ts';

const ORDER_BYTES_MAX = 64 * 1024;
const BATCH_BYTES_MAX = 5 * 1024 * 1024;
/** All bodies in memory at once. */
const BODIES_BYTES_MAX = 128 * 1024 * 1024;
/** A batch of a page, whose key everybody can read, and all bodies of pages at once: their slow uploads take no room from others. */
const PAGE_BATCH_BYTES_MAX = 256 * 1024;
const PAGE_BODIES_BYTES_MAX = 16 * 1024 * 1024;

const JSON_TYPE = 'application/json';

/** What a client that repeats itself must know. */
const SENT_AGAIN =
  'An order that is sent again is accepted again and counted once, however late, and however many others came between: send again whatever you are not sure of, one order, a batch, or a whole file. It is the same order where `order_id` and `timestamp` are the same, so keep both: with another `timestamp` it is another order; without `order_id`, two orders of one user with the same `timestamp` and `menu_type` are one.';

const refusedSchema = z.strictObject({
  index: z.int().min(0).describe('The place of the order in the batch, from 0.'),
  reason: z
    .enum(['invalid', 'unavailable'])
    .describe('`invalid`: it breaks a rule. `unavailable`: the log did not confirm it; send it again, it is counted once.'),
  problems: z.array(fieldProblemSchema),
});
const batchSchema = z
  .strictObject({ accepted: z.int().min(0).describe('Orders that are durable.'), refused: z.array(refusedSchema) })
  .meta({ id: 'BatchResult' });
type Refused = z.infer<typeof refusedSchema>;

export interface IngestRoutesOptions {
  readonly rules: OrderRules;
  readonly queue: IngestQueue;
  readonly clock: Clock;
  readonly metrics: IngestMetrics;
}

export function ingestRoutes({ rules: orderRules, queue, clock, metrics }: IngestRoutesOptions): readonly Route[] {
  const budgets = { page: new BodyBudget(PAGE_BODIES_BYTES_MAX), other: new BodyBudget(BODIES_BYTES_MAX) };
  const documented = orderSchemaOf(orderRules.menu);
  const { accepted, refused } = metrics;
  // From 0 on: of a counter that begins with its first event, that event is no increase.
  for (const reason of REFUSAL_REASONS) refused.inc({ reason }, 0);
  const full = (orders: number, extras?: ProblemExtras) => {
    refused.inc({ reason: 'overload' }, orders);
    return overloaded('Too many orders wait for the log.', extras);
  };

  /** @throws HttpProblem 429 where a page had sent all that it may */
  const count = (admit: NonNullable<Caller['admit']>, orders: readonly Order[]) => {
    try {
      return admit(orders.map(({ userId }) => userId));
    } catch (error) {
      refused.inc({ reason: 'limited' }, orders.length);
      throw error;
    }
  };

  const one: Route = {
    method: 'post',
    path: '/api/log',
    summary: 'Send one order',
    description: `Answered when the order is durable. ${SENT_AGAIN}`,
    tag: 'ingest',
    role: 'ingest',
    body: { description: `The order, ${ORDER_BYTES_MAX} bytes at most; gzip is taken too.`, content: { [JSON_TYPE]: documented } },
    responses: {
      202: { description: 'The order is durable.', content: { [JSON_TYPE]: z.strictObject({ accepted: z.literal(true) }) } },
      422: problemResponse('The order breaks a rule; `errors` says which.'),
      503: problemResponse('Too busy, or the log does not answer. Send it again after Retry-After seconds.'),
    },
    async handle(context) {
      if (queue.full) throw full(1);
      const caller = callerOf(context);
      const budget = caller.admit ? budgets.page : budgets.other;
      const rules = { types: [JSON_TYPE], limit_bytes: ORDER_BYTES_MAX, budget };
      const input = await readingBody(metrics, () => withTextBody(context, rules, async ({ text }) => parseJson(text)));
      const now_ms = clock.now_ms();
      const parsed = acceptOrder(ownedBy(caller, input), orderRules, now_ms);
      if (!parsed.ok) {
        refused.inc({ reason: 'invalid' });
        throw new HttpProblem('invalid', 'The order is not valid.', { errors: parsed.problems });
      }
      const giveBack = caller.admit && count(caller.admit, [parsed.order]);
      const appended = queue.add([recordOf(parsed.order, now_ms)]);
      if (!appended) giveBack?.([parsed.order.userId]);
      if (!appended) throw full(1);
      const unconfirmed = await appended;
      if (unconfirmed.size > 0) {
        giveBack?.([parsed.order.userId]);
        refused.inc({ reason: 'unconfirmed' });
        throw unavailable('The log did not confirm the order. Send it again; it is counted once.');
      }
      accepted.inc();
      sendJson(context, 202, { accepted: true });
    },
  };

  const batch: Route = {
    method: 'post',
    path: '/api/log/batch',
    summary: 'Send many orders',
    description: `Each order is judged by itself; orders of one user keep their order. Answered when the fate of all is decided; those that are \`unavailable\` should be sent again. ${SENT_AGAIN}`,
    tag: 'ingest',
    role: 'ingest',
    body: {
      description: `At most ${BATCH_ORDERS_MAX} orders and ${BATCH_BYTES_MAX} bytes (with a publishable key or an ID token ${PAGE_BATCH_BYTES_MAX}), unpacked where they come as gzip: one JSON text a line, or a JSON array.`,
      content: { [NDJSON]: documented, [JSON_TYPE]: z.array(documented).min(1).max(BATCH_ORDERS_MAX) },
    },
    responses: {
      202: { description: 'All are durable.', content: { [JSON_TYPE]: batchSchema } },
      207: { description: 'Some are durable; the others are listed.', content: { [JSON_TYPE]: batchSchema } },
      422: problemResponse('None is valid; `refused` says why.'),
      503: problemResponse('Too busy, or the log does not answer: none was confirmed. Send them again after Retry-After seconds.'),
    },
    async handle(context) {
      if (queue.full) throw full(1);
      const now_ms = clock.now_ms();
      const caller = callerOf(context);
      const size = caller.admit
        ? { limit_bytes: PAGE_BATCH_BYTES_MAX, budget: budgets.page }
        : { limit_bytes: BATCH_BYTES_MAX, budget: budgets.other };
      const rules = { types: [NDJSON, JSON_TYPE], ...size };
      const read = await readingBody(metrics, () =>
        withTextBody(context, rules, (body) => readBatch(body, orderRules, now_ms, (input) => ownedBy(caller, input))),
      );
      refused.inc({ reason: 'invalid' }, read.invalid.length);
      caller.charge?.(read.invalid.length);
      if (read.orders.length === 0) throw nothingValid(read);
      const giveBack = caller.admit && count(caller.admit, read.orders);
      const appended = queue.add(read.orders.map((order) => recordOf(order, now_ms)));
      if (!appended) giveBack?.(read.orders.map(({ userId }) => userId));
      if (!appended) throw full(read.orders.length, { members: { accepted: 0, refused: invalidOf(read) } });
      const unconfirmed = await appended;
      giveBack?.([...unconfirmed].map((index) => read.orders[index]?.userId ?? ''));
      const result = { accepted: read.orders.length - unconfirmed.size, refused: refusedOf(read, unconfirmed) };
      refused.inc({ reason: 'unconfirmed' }, unconfirmed.size);
      accepted.inc(result.accepted);
      if (result.accepted === 0) throw unavailable('The log confirmed no order.', { members: result });
      sendJson(context, result.refused.length === 0 ? 202 : 207, result);
    },
  };

  return [one, batch];
}

const READING_REFUSED: Readonly<Partial<Record<ProblemKind, RefusalReason>>> = {
  malformed: 'malformed',
  'unsupported-media-type': 'malformed',
  'too-large': 'too_large',
  overloaded: 'overload',
};

/** Counts a body that is not taken in. */
async function readingBody<T>(metrics: IngestMetrics, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const reason = error instanceof HttpProblem ? READING_REFUSED[error.kind] : undefined;
    if (reason !== undefined) metrics.refused.inc({ reason });
    throw error;
  }
}

/** Where the caller is the user that an ID token names, what they send is theirs. */
function ownedBy({ subject }: Caller, input: unknown): unknown {
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  return subject !== undefined && isObject ? { ...input, user_id: subject } : input;
}

function recordOf(order: Order, now_ms: number): NewRecord {
  return { key: order.userId, value: encodeOrder(order), timestamp_ms: now_ms };
}

function nothingValid(read: ReadBatch): HttpProblem {
  if (read.total === 0) return new HttpProblem('invalid', 'The batch holds no order.', { members: { accepted: 0, refused: [] } });
  return new HttpProblem('invalid', 'No order of the batch is valid.', { members: { accepted: 0, refused: invalidOf(read) } });
}

function invalidOf(read: ReadBatch): Refused[] {
  return read.invalid.map(({ index, problems }) => ({ index, reason: 'invalid', problems: [...problems] }));
}

/** Everything that is not durable, by its place in the batch. */
function refusedOf(read: ReadBatch, unconfirmed: ReadonlySet<number>): Refused[] {
  const unavailableOnes = [...unconfirmed].map(
    (index): Refused => ({ index: read.places[index] as number, reason: 'unavailable', problems: [] }),
  );
  return [...invalidOf(read), ...unavailableOnes].sort((a, b) => a.index - b.index);
}
