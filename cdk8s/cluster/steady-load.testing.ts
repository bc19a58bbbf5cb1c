/** Clients that send orders and ask for totals without a pause, and never again what failed: what a rollout must not be noticed by. */
import { randomUUID } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { systemClock } from '#platform/clock/clock.ts';
import { DEFAULT_MENU } from '#workloads/orders/menu.ts';

/** Between two requests of one client, in milliseconds. */
const PAUSE_MS = 40;
const REQUEST_MS_MAX = 10_000;
const USERS = 200;
/** Clients of each of the four kinds. */
const CLIENTS = 4;

const MENU_TYPES = DEFAULT_MENU.dimensions.flatMap(({ menu_types }) => menu_types.map(({ name }) => name));

export interface SteadyLoadReport {
  /** Orders that were answered with 202, by menu type. */
  readonly accepted: ReadonlyMap<string, number>;
  /** Questions that were answered with 200. */
  readonly answered: number;
  /** One line a request that was not, with its time. */
  readonly failures: readonly string[];
}

export interface SteadyLoad {
  /** Resolves with what became of all requests when the last one is answered. */
  stop(): Promise<SteadyLoadReport>;
}

/**
 * Starts clients that send orders and clients that ask; of both some keep their connection, as proxies do, and some make a
 * new one each time.
 * @param ingest @param summary addresses such as `http://10.203.0.7:80`
 */
export function startSteadyLoad(ingest: string, summary: string): SteadyLoad {
  const stopped = new AbortController();
  const accepted = new Map<string, number>();
  const failures: string[] = [];
  let answered = 0;
  let orders = 0;
  const attempt = async (what: string, status: number, send: () => Promise<IncomingMessage>): Promise<boolean> => {
    try {
      const answer = await send();
      const body = await text(answer);
      if (answer.statusCode === status) return true;
      failures.push(`${new Date(systemClock.now_ms()).toISOString()} ${what}: ${answer.statusCode} ${body}`);
    } catch (error) {
      failures.push(`${new Date(systemClock.now_ms()).toISOString()} ${what}: ${String(error)}`);
    }
    return false;
  };
  const order = async (agent: Agent) => {
    orders += 1;
    const menuType = MENU_TYPES[orders % MENU_TYPES.length] ?? '';
    const body = JSON.stringify({
      order_id: randomUUID(),
      user_id: `steady-${orders % USERS}`,
      timestamp: new Date(systemClock.now_ms()).toISOString(),
      menu_type: menuType,
    });
    const isAccepted = await attempt('POST /api/log', 202, () => send(agent, 'POST', `${ingest}/api/log`, body));
    if (isAccepted) accepted.set(menuType, (accepted.get(menuType) ?? 0) + 1);
  };
  const question = async (agent: Agent) => {
    const isAnswered = await attempt('GET /api/totals', 200, () => send(agent, 'GET', `${summary}/api/totals?dimension=cuisine`));
    if (isAnswered) answered += 1;
  };
  const clients = [true, false].flatMap((keepAlive) =>
    Array.from({ length: CLIENTS }, () => [order, question])
      .flat()
      .map(async (ask) => {
        const agent = new Agent({ keepAlive });
        while (!stopped.signal.aborted) {
          await ask(agent);
          await systemClock.sleep(PAUSE_MS, stopped.signal);
        }
        agent.destroy();
      }),
  );
  return {
    async stop() {
      stopped.abort();
      await Promise.all(clients);
      return { accepted, answered, failures };
    },
  };
}

function send(agent: Agent, method: string, url: string, body?: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
    const sent = request(url, { agent, method, headers, signal: AbortSignal.timeout(REQUEST_MS_MAX) }, resolve);
    sent.once('error', (error) => reject(sent.reusedSocket ? new Error(`on a kept connection: ${error.message}`) : error));
    sent.end(body);
  });
}
