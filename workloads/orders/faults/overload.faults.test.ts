/** Ingest is sent twice what Kafka takes: it stays up, refuses at once, keeps its memory, and recovers. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { quantileOf } from '../../../tools/bench/figures.ts';
import { residentMemory_mb } from '../../../tools/bench/machine.ts';
import { writeSection } from '../../../tools/faults/report.testing.ts';
import { type LocalServer, localServerAt } from '../../../tools/servers/local-servers.ts';
import { Crowd } from './crowd.testing.ts';
import { COUNTERS, Fleet } from './fleet.testing.ts';
import { Ledger } from './ledger.testing.ts';
import { accepted, type Overload, overloadLines } from './overload-report.testing.ts';
import { slowDown } from './slow-kafka.testing.ts';

/** Less than the default, so that the orders of this test can be counted in minutes. */
const QUEUE_ORDERS = 10_000;
const PRESS_MS = 15_000;
const FLOOD_MS = 40_000;
/** More than the queue takes at once, at 250 orders each. */
const CLIENTS = 60;
const MEMORY_SAMPLE_MS = 250;
/** Far above what a refusal needs, on a machine that is busy with six servers. */
const REFUSAL_P99_MS_MAX = 2_000;
const GROWTH_MB_MAX = 400;
const RECOVERY_MS_MAX = 60_000;

const HOW =
  'One broker stands still for 1.8 s of every 1.95 s, so that every append waits for its copy. First 60 clients press with batches of 250 for 15 s: what is accepted is what Kafka takes. Then twice as much is sent for 40 s, whatever the answers are, and 40 single orders a second beside it.';

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
function watchMemory(pid: number): { readonly samples_mb: readonly number[]; end(): Promise<void> } {
  const ending = new AbortController();
  const samples_mb: number[] = [];
  const watching = (async () => {
    while (!ending.signal.aborted) {
      samples_mb.push(residentMemory_mb(pid).now);
      await systemClock.sleep(MEMORY_SAMPLE_MS, ending.signal);
    }
  })();
  return {
    samples_mb,
    end() {
      ending.abort();
      return watching;
    },
  };
}

/** Finds out what Kafka takes, then sends twice as much. */
async function overload(): Promise<Overload> {
  const crowd = new Crowd(fleet.ingestUrl, ledger);
  const slow = slowDown(kafka, 3);
  const memory = watchMemory(fleet.process('ingest').pid);
  try {
    const capacity = accepted(await crowd.press(CLIENTS, PRESS_MS)) / (PRESS_MS / 1_000);
    const warm = memory.samples_mb.length;
    const answers = await crowd.flood(2 * capacity, FLOOD_MS);
    const samples_mb = memory.samples_mb.slice(warm);
    await slow.end();
    const slowEnded_ms = systemClock.monotonic_ms();
    ledger.note(await fleet.untilAccepting(RECOVERY_MS_MAX), 'accepted');
    const recovered_ms = systemClock.monotonic_ms() - slowEnded_ms;
    return { capacity, flood_ms: FLOOD_MS, ...answers, samples_mb, recovered_ms };
  } finally {
    await Promise.all([slow.end(), memory.end()]);
  }
}

it('sent twice what Kafka takes, ingest refuses at once, keeps its memory and recovers', async () => {
  ledger.note(await fleet.untilAccepting(60_000), 'accepted');
  const figures = await overload();
  report.push(HOW, '', ...overloadLines(figures));
  const answers = [...figures.batches, ...figures.singles];
  const refusals = answers.filter(({ status }) => status === 503);
  const refusals_ms = refusals.map(({ latency_ms }) => latency_ms);
  expect(new Set(answers.map(({ status }) => status)).difference(new Set([202, 207, 503]))).toEqual(new Set());
  expect(refusals.length).toBeGreaterThan(0);
  expect(refusals.filter(({ retryAfter }) => retryAfter === null)).toEqual([]);
  expect(quantileOf(refusals_ms, 0.99)).toBeLessThan(REFUSAL_P99_MS_MAX);
  expect(Math.max(...figures.samples_mb)).toBeLessThan((figures.samples_mb[0] ?? 0) + GROWTH_MB_MAX);
});

it('every order that was accepted meanwhile is counted once', async () => {
  await fleet.start(COUNTERS);
  const verdict = await ledger.settle(fleet);
  report.push('', `Of all accepted orders ${verdict.lost} were lost and ${verdict.doubled} doubled.`);
  expect(verdict).toEqual({ lost: 0, doubled: 0 });
});
