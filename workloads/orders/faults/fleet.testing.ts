/** The processes of the order stream on the servers of the fault tests, as a generation of their own. */
import { inject } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { freePort } from '../../../tools/servers/free-ports.ts';
import { runKaiseki, startKaiseki, type TestProcess } from '../../processes.testing.ts';
import { type Generation, newGeneration } from '../generation.testing.ts';
import { orderedNow } from './audit.testing.ts';

export const COUNTERS = ['counter-1', 'counter-2'] as const;

type ProcessName = 'ingest' | 'summary' | (typeof COUNTERS)[number];

const ANSWER_MS_MAX = 5_000;

export class Fleet {
  readonly generation: Generation;
  readonly ingestUrl: string;
  readonly #summaryUrl: string;
  readonly #processes = new Map<ProcessName, TestProcess>();

  /** Makes the keyspace and the topics; starts nothing. */
  static async open(): Promise<Fleet> {
    const servers = { brokers: inject('kafka').endpoints.split(','), contactPoints: inject('cassandra').endpoints.split(',') };
    const generation = newGeneration({ ...servers, localDataCenter: 'datacenter1' });
    await runKaiseki(['migrate'], generation.environment);
    await runKaiseki(['topics'], generation.environment);
    return new Fleet(generation, await freePort([]), await freePort([]));
  }

  private constructor(generation: Generation, ingestPort: number, summaryPort: number) {
    this.generation = generation;
    this.ingestUrl = `http://127.0.0.1:${ingestPort}`;
    this.#summaryUrl = `http://127.0.0.1:${summaryPort}`;
  }

  /** Starts processes, those with an address until they listen on it. */
  async start(names: readonly ProcessName[], environment: NodeJS.ProcessEnv = {}): Promise<void> {
    const ports: Partial<Record<ProcessName, string>> = { ingest: portOf(this.ingestUrl), summary: portOf(this.#summaryUrl) };
    const started = names.map((name) => {
      const settings = { ...this.generation.environment, ...environment, KAISEKI_PORT: ports[name] ?? '0' };
      const running = startKaiseki([name.startsWith('counter') ? 'counter' : name], settings);
      this.#processes.set(name, running);
      return running;
    });
    await Promise.all(started.map((running) => running.line((line) => line.includes('"msg":"listening"'))));
  }

  startAll(): Promise<void> {
    return this.start(['ingest', 'summary', ...COUNTERS]);
  }

  /** kill -9, and the processes are gone. */
  async kill(names: readonly ProcessName[] = [...this.#processes.keys()]): Promise<void> {
    await Promise.all(
      names.map(async (name) => {
        const running = this.#processes.get(name);
        running?.kill('SIGKILL');
        await running?.ended();
        this.#processes.delete(name);
      }),
    );
  }

  process(name: ProcessName): TestProcess {
    const running = this.#processes.get(name);
    if (!running) throw new Error(`${name} does not run`);
    return running;
  }

  /** The sum of all orders that the API tells; undefined while it does not answer. */
  async counted(): Promise<number | undefined> {
    try {
      const answers = await Promise.all(
        ['cuisine', 'snack'].map((dimension) =>
          fetch(`${this.#summaryUrl}/api/totals?dimension=${dimension}`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) }),
        ),
      );
      const bodies = await Promise.all(answers.map(async (answer): Promise<{ orders: number }> => JSON.parse(await answer.text())));
      return answers.every((answer) => answer.ok) ? bodies.reduce((sum, { orders }) => sum + orders, 0) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Waits until one order is taken in: everything between here and Kafka works. @returns its id */
  async untilAccepting(within_ms: number): Promise<string> {
    const deadline_ms = systemClock.monotonic_ms() + within_ms;
    const order_id = `first-${this.generation.keyspace}-${Math.round(deadline_ms)}`;
    for (;;) {
      const status = await postOrder(this.ingestUrl, order_id).catch(() => undefined);
      if (status === 202) return order_id;
      if (systemClock.monotonic_ms() > deadline_ms) throw new Error(`ingest takes no order: ${status}`);
      await systemClock.sleep(250);
    }
  }

  /** Ends everything that still runs. */
  async close(): Promise<void> {
    await this.kill();
    await this.generation.drop();
  }
}

/** Posts one order of a user of its own; resolves with the answer's status. */
export async function postOrder(url: string, order_id: string): Promise<number> {
  const order = { order_id, user_id: `user-of-${order_id}`, timestamp: orderedNow(), menu_type: 'washoku' };
  const answer = await fetch(`${url}/api/log`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(order),
  });
  await answer.arrayBuffer();
  return answer.status;
}

function portOf(url: string): string {
  return new URL(url).port;
}
