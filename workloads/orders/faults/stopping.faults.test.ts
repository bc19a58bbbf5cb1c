/** A process that is asked to stop while Kafka stands still ends all the same, and loses nothing that was accepted. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { table, writeSection } from '../../../tools/faults/report.testing.ts';
import { type LocalServer, localServerAt } from '../../../tools/servers/local-servers.ts';
import { Fleet, postOrder } from './fleet.testing.ts';
import { Ledger } from './ledger.testing.ts';

const ORDERS = 200;
const WAITING = 20;
/** After it Kubernetes kills (cdk8s/workload.ts); the process's own deadline is 20 s. */
const GRACE_MS = 25_000;

const NODES = [1, 2, 3];
const ledger = new Ledger();
const ends: [string, number, number][] = [];
let kafka: LocalServer;
let fleet: Fleet;

beforeAll(async () => {
  kafka = localServerAt(inject('kafka'));
  fleet = await Fleet.open();
  await fleet.start(['ingest', 'counter-1']);
});
afterAll(async () => {
  await fleet.close();
  writeSection('4-stopping', 'SIGTERM while every Kafka broker stands still', [
    ...table(['process', 'exit code', 'seconds until it ended'], ends),
  ]);
});

async function post(id: string): Promise<void> {
  const status = await postOrder(fleet.ingestUrl, id).catch(() => undefined);
  ledger.note(id, status === 202 ? 'accepted' : 'unknown');
}

/** SIGTERM, and how it ended. */
async function stop(name: 'ingest' | 'counter-1'): Promise<void> {
  const asked_ms = systemClock.monotonic_ms();
  const running = fleet.process(name);
  running.kill('SIGTERM');
  const late = new AbortController();
  const code = await Promise.race([running.ended(), systemClock.sleep(2 * GRACE_MS, late.signal)]);
  late.abort();
  const took_ms = systemClock.monotonic_ms() - asked_ms;
  expect(code, `${name} still runs after ${took_ms} ms:\n${running.output.join('\n')}`).toBeDefined();
  expect(took_ms, `${name} outlived Kubernetes' patience`).toBeLessThan(GRACE_MS);
  ends.push([name, Number(code), Math.round(took_ms / 100) / 10]);
}

it('ends within its deadline', async () => {
  ledger.note(await fleet.untilAccepting(60_000), 'accepted');
  await Promise.all(Array.from({ length: ORDERS }, (_, index) => post(`before-${index}`)));
  let waiting: Promise<void>[] = [];
  for (const node of NODES) kafka.signal(node, 'SIGSTOP');
  try {
    waiting = Array.from({ length: WAITING }, (_, index) => post(`waiting-${index}`));
    // Their appends are under way.
    await systemClock.sleep(1_000);
    await Promise.all([stop('ingest'), stop('counter-1')]);
  } finally {
    for (const node of NODES) kafka.signal(node, 'SIGCONT');
  }
  await Promise.all(waiting);
});

it('what was accepted is counted once by those who come after', async () => {
  await fleet.start(['ingest', 'summary', 'counter-1']);
  ledger.note(await fleet.untilAccepting(120_000), 'accepted');
  expect(await ledger.settle(fleet)).toEqual({ lost: 0, doubled: 0 });
});
