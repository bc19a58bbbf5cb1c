import { createServer, type Server, type ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Clock, systemClock } from '#platform/clock/clock.ts';
import { Random } from '#platform/random/random.ts';
import { DEFAULT_MENU } from '../menu.ts';
import { type ReplayOptions, type ReplayReport, replay } from './replay.ts';
import type { Fate } from './replay-client.ts';
import { type SampleOptions, type SampleOrder, type SampleSend, SampleStream } from './sample-stream.ts';

interface Request {
  readonly path: string;
  readonly key: string | undefined;
  readonly orders: readonly SampleOrder[];
}

/** A server that answers as it is told, and remembers what it was asked. Resolves with its address. */
async function ingestThat(answer: (request: Request, response: ServerResponse, count: number) => void) {
  const requests: Request[] = [];
  const server: Server = createServer((message, response) => {
    let body = '';
    message.setEncoding('utf8');
    message.on('data', (part: string) => {
      body += part;
    });
    message.on('end', () => {
      const orders: SampleOrder[] = body.split('\n').map((line) => JSON.parse(line));
      const request = { path: message.url ?? '', key: message.headers.authorization, orders };
      requests.push(request);
      answer(request, response, requests.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`, requests };
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

const accept = (_request: Request, response: ServerResponse) => json(response, 202, { accepted: true, refused: [] });

/** The machine's clock, which waits a hundredth of what it is told. */
const hastyClock: Clock = { ...systemClock, sleep: (duration_ms, signal) => systemClock.sleep(duration_ms / 100, signal) };

const EVEN: SampleOptions = { users: 100, skew: 0, hot: 0, duplicates: 0, dimensions: DEFAULT_MENU.dimensions };

async function replayTo(url: string, options: Partial<ReplayOptions & SampleOptions> = {}, signal = new AbortController().signal) {
  const decided: { readonly send: SampleSend; readonly fate: Fate }[] = [];
  const report: ReplayReport = await replay(
    new SampleStream({ ...EVEN, ...options }, new Random(1)),
    {
      url,
      apiKey: undefined,
      clock: hastyClock,
      orders: 200,
      rate: 0,
      batch: 50,
      orderedAt: (index) => 1_000 * index,
      retrying: () => undefined,
      decided: (send, fate) => decided.push({ send, fate }),
      ...options,
    },
    signal,
  );
  return { report, decided };
}

describe('replay', () => {
  it('sends every order once and each repetition, and reports them', async () => {
    const { url, requests } = await ingestThat(accept);
    const { report, decided } = await replayTo(url, { orders: 2_000, duplicates: 0.1, apiKey: 'k'.repeat(16) });
    const sent = requests.flatMap(({ orders }) => orders);
    expect(new Set(sent.map(({ order_id }) => order_id)).size).toBe(2_000);
    expect(report).toMatchObject({ orders: 2_000, accepted: sent.length, refused: 0, unknown: 0, retries: 0, reason: undefined });
    expect(report.repeated).toBe(sent.length - 2_000);
    expect(report.repeated).toBeGreaterThan(100);
    expect(decided.length).toBe(sent.length);
    expect(new Set(requests.map(({ key }) => key))).toEqual(new Set([`Bearer ${'k'.repeat(16)}`]));
  });

  it('keeps each user’s orders in order, whatever the requests', async () => {
    const { url, requests } = await ingestThat(accept);
    await replayTo(url, { orders: 3_000, hot: 0.5, duplicates: 0.1, users: 20, batch: 500 });
    const ofUser = new Map<string, string[]>();
    let repeated = 0;
    for (const { orders } of requests) {
      for (const { user_id, order_id, timestamp } of orders) {
        const earlier = ofUser.get(user_id) ?? [];
        const name = `${timestamp} ${order_id}`;
        if (earlier.includes(name)) {
          repeated += 1;
        } else {
          expect(name > (earlier.at(-1) ?? '')).toBe(true);
          ofUser.set(user_id, [...earlier, name]);
        }
      }
    }
    expect(repeated).toBeGreaterThan(200);
  });

  it('sends each by itself where a batch is one', async () => {
    const { url, requests } = await ingestThat(accept);
    await replayTo(url, { orders: 30, batch: 1 });
    expect(requests.map(({ path, orders }) => [path, orders.length])).toEqual(new Array(30).fill(['/api/log', 1]));
  });

  it('sends again, under the same ids, what was answered with 503 and what was cut off', async () => {
    const { url, requests } = await ingestThat((request, response, count) => {
      if (count <= 3) json(response, 503, { detail: 'The queue of orders is full.' });
      else if (count <= 6) response.destroy();
      else accept(request, response);
    });
    const { report } = await replayTo(url);
    expect(report).toMatchObject({ orders: 200, accepted: 200, unknown: 0, retries: 6 });
    expect(report.reason).toBeDefined();
    const again = requests.slice(0, 6).map(({ orders }) => orders.map(({ order_id }) => order_id).join());
    const rest = requests.slice(6).map(({ orders }) => orders.map(({ order_id }) => order_id).join());
    for (const ids of again) expect([...again, ...rest].filter((other) => other === ids).length).toBeGreaterThan(1);
  });

  it.each([408, 429])('sends again what was answered with %i', async (status) => {
    const { url, requests } = await ingestThat((request, response, count) =>
      count <= 3 ? json(response, status, { detail: 'later' }) : accept(request, response),
    );
    const { report } = await replayTo(url, { batch: 200 });
    expect(report).toMatchObject({ accepted: 200, refused: 0, unknown: 0, retries: 3 });
    expect(requests.length).toBeGreaterThan(3);
  });

  it('sends again only those of a batch that the log did not confirm, and counts the invalid as refused', async () => {
    const invalid = new Set<string>();
    const unconfirmed = new Set<string>();
    const { url, requests } = await ingestThat((request, response, count) => {
      const { orders } = request;
      if (orders.length === 1) return accept(request, response);
      const refused = orders.flatMap(({ order_id }, index) => {
        if (index % 5 === 0) {
          invalid.add(order_id);
          return [{ index, reason: 'invalid', problems: [] }];
        }
        if (index % 5 === 1 && count <= 16) {
          unconfirmed.add(order_id);
          return [{ index, reason: 'unavailable', problems: [] }];
        }
        return [];
      });
      json(response, refused.length > 0 ? 207 : 202, { accepted: orders.length - refused.length, refused });
    });
    const { report, decided } = await replayTo(url);
    expect(unconfirmed.size).toBeGreaterThan(10);
    const fates = new Map(decided.map(({ send, fate }) => [send.order.order_id, fate]));
    const times = new Map<string, number>();
    for (const { order_id } of requests.flatMap(({ orders }) => orders)) times.set(order_id, (times.get(order_id) ?? 0) + 1);
    for (const [id, fate] of fates) {
      expect(fate).toBe(invalid.has(id) ? 'refused' : 'accepted');
      if (!unconfirmed.has(id)) expect(times.get(id)).toBe(1);
    }
    for (const id of unconfirmed) expect(times.get(id)).toBeGreaterThan(1);
    expect(report.refused + report.accepted).toBe(200);
  });

  it('does not send again what is refused as a whole', async () => {
    const { url, requests } = await ingestThat((_request, response) => json(response, 401, { detail: 'This API key is not known.' }));
    const { report } = await replayTo(url);
    expect(report).toMatchObject({ accepted: 0, refused: 200, unknown: 0, retries: 0, reason: 'This API key is not known.' });
    expect(requests.flatMap(({ orders }) => orders).length).toBe(200);
  });

  it('gives up in the end, and says that nobody knows', async () => {
    const { url } = await ingestThat((_request, response) => json(response, 503, { detail: 'The log does not answer.' }));
    const { report, decided } = await replayTo(url, { orders: 5 });
    expect(report).toMatchObject({ orders: 5, accepted: 0, refused: 0, unknown: 5 });
    expect(decided.every(({ fate }) => fate === 'unknown')).toBe(true);
  });

  it('ends soon after it is told to', async () => {
    const asked = new AbortController();
    const { url, requests } = await ingestThat((request, response, count) => {
      if (count === 10) asked.abort();
      accept(request, response);
    });
    const { report } = await replayTo(url, { orders: Number.POSITIVE_INFINITY, batch: 1 }, asked.signal);
    expect(report.accepted).toBe(requests.length);
    expect(report.accepted).toBeLessThan(100);
  });
});
