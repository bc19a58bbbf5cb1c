/** Ingest is sent twice what Kafka takes: it stays up, refuses at once, keeps its memory, and recovers. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { number, quantileOf } from '../../../tools/bench/figures.ts';
import { residentMemory_mb } from '../../../tools/bench/machine.ts';
import { type LocalServer, localServerAt } from '../../../tools/servers/local-servers.ts';
import { type Answered, Crowd } from './crowd.testing.ts';
import { COUNTERS, Fleet } from './fleet.testing.ts';
import { Ledger } from './ledger.testing.ts';
import { table, writeSection } from './report.testing.ts';
import { slowDown } from './slow-kafka.testing.ts';

/** Less than the default, so that the orders of this test can be counted in minutes. */
const QUEUE_ORDERS = 10_000;
const PRESS_MS = 15_000;
const FLOOD_MS = 25_000;
/** More than the queue takes at once, at 250 orders each. */
const CLIENTS = 60;
const MEMORY_SAMPLE_MS = 250;
/** Far above what a refusal needs, on a machine that is busy with six servers. */
const REFUSAL_P99_MS_MAX = 2_000;
const GROWTH_MB_MAX = 400;
const RECOVERY_MS_MAX = 60_000;

const ledger = new Ledger();
const report: string[] = [];
let kafka: LocalServer;
let fleet: Fleet;

beforeAll(async () => {
  kafka = localServerAt(inject('kafka'));
  fleet = await Fleet.open();
  await fleet.start(['ingest', 'summary'], { KAISEKI_QUEUE_ORDERS: String(QUEUE_ORDERS) });
});
afterAll(async () => {
  await fleet.close();
  writeSection('6-overload', 'Overload', report);
});

/** Samples a process's resident memory until it is ended. */
function watchMemory(pid: number): { end(): Promise<readonly number[]> } {
  const ending = new AbortController();
  const samples_mb: number[] = [];
  const watching = (async () => {
    while (!ending.signal.aborted) {
      samples_mb.push(residentMemory_mb(pid).now);
      await systemClock.sleep(MEMORY_SAMPLE_MS, ending.signal);
    }
  })();
  return {
    async end() {
      ending.abort();
      await watching;
      return samples_mb;
    },
  };
}

function accepted(answers: readonly Answered[]): number {
  return answers.reduce((sum, one) => sum + one.accepted, 0);
}

/** How many there were, and how long they took. */
function latencyRow(what: string, answers: readonly Answered[]): (string | number)[] {
  const latencies_ms = answers.map(({ latency_ms }) => latency_ms);
  const quantile = (q: number) => (answers.length === 0 ? '' : number(quantileOf(latencies_ms, q)));
  return [what, answers.length, quantile(0.5), quantile(0.99), quantile(1)];
}

it('sent twice what Kafka takes, ingest refuses at once, keeps its memory and recovers', async () => {
  ledger.note(await fleet.untilAccepting(60_000), 'accepted');
  const { pid } = fleet.process('ingest');
  const crowd = new Crowd(fleet.ingestUrl, ledger);
  const slow = slowDown(kafka, 3);
  const pressed = await crowd.press(CLIENTS, PRESS_MS).catch(async (error: unknown) => {
    await slow.end();
    throw error;
  });
  const capacity = accepted(pressed) / (PRESS_MS / 1_000);
  const memory = watchMemory(pid);
  const { batches, singles } = await crowd.flood(2 * capacity, FLOOD_MS).finally(() => slow.end());
  const samples_mb = await memory.end();
  const slowEnded_ms = systemClock.monotonic_ms();
  ledger.note(await fleet.untilAccepting(RECOVERY_MS_MAX), 'accepted');
  const recovered_ms = systemClock.monotonic_ms() - slowEnded_ms;

  const answers = [...batches, ...singles];
  const of = (all: readonly Answered[], problem: string) => all.filter((one) => one.problem === problem);
  const refusals = of(answers, 'overloaded');
  const [start_mb = 0] = samples_mb;
  const half = Math.floor(samples_mb.length / 2);
  const mean_mb = (some: readonly number[]) => number(some.reduce((sum, mb) => sum + mb, 0) / some.length);
  const peak_mb = Math.max(...samples_mb);
  report.push(
    'One broker stands still for 1.8 s of every 1.95 s, so that every append waits for its copy. First 60 clients press with batches of 250 for 15 s: what is accepted is what Kafka takes. Then twice as much is sent for 25 s, whatever the answers are, and 40 single orders a second beside it.',
    '',
    ...table(
      ['figure', 'value'],
      [
        ['Kafka takes (orders/s)', number(capacity)],
        ['sent (orders/s)', number(2 * capacity)],
        ['accepted (orders/s)', number(accepted(answers) / (FLOOD_MS / 1_000))],
        ['requests without an answer', answers.filter(({ status }) => status === 0).length],
        ['memory at the start (MB)', number(start_mb)],
        [
          'memory, mean of the first half and of the second (MB)',
          [samples_mb.slice(0, half), samples_mb.slice(half)].map(mean_mb).join(', '),
        ],
        ['memory at its highest (MB)', number(peak_mb)],
        ['seconds until an order was taken once Kafka ran', number(recovered_ms / 1_000, 1)],
      ],
    ),
    '',
    ...table(
      ['answers', 'number', 'p50 (ms)', 'p99 (ms)', 'longest (ms)'],
      [
        latencyRow('batch: accepted, all or some', of(batches, '')),
        latencyRow('batch: 503, too busy', of(batches, 'overloaded')),
        latencyRow('batch: 503, Kafka did not confirm', of(batches, 'unavailable')),
        latencyRow('single: accepted', of(singles, '')),
        latencyRow('single: 503, too busy', of(singles, 'overloaded')),
        latencyRow('single: 503, Kafka did not confirm', of(singles, 'unavailable')),
      ],
    ),
  );
  expect(refusals.length).toBeGreaterThan(0);
  expect(answers.filter(({ status, retryAfter }) => status === 503 && retryAfter === null)).toEqual([]);
  expect(new Set(answers.map(({ status }) => status)).difference(new Set([202, 207, 503]))).toEqual(new Set());
  expect(
    quantileOf(
      refusals.map(({ latency_ms }) => latency_ms),
      0.99,
    ),
  ).toBeLessThan(REFUSAL_P99_MS_MAX);
  expect(peak_mb).toBeLessThan(start_mb + GROWTH_MB_MAX);
});

it('every order that was accepted meanwhile is counted once', async () => {
  await fleet.start(COUNTERS);
  const verdict = await ledger.settle(fleet);
  report.push('', `Of all accepted orders ${verdict.lost} were lost and ${verdict.doubled} doubled.`);
  expect(verdict).toEqual({ lost: 0, doubled: 0 });
});
