/** Processes that die or stand still while orders stream in. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { writeSection } from '../../../tools/faults/report.testing.ts';
import { expectNoDrift } from './audit.testing.ts';
import { COUNTERS, Fleet } from './fleet.testing.ts';
import { Ledger } from './ledger.testing.ts';
import { CONDITIONS, type Outcome, outcomeTable, under } from './strike.testing.ts';

/** Longer than a consumer's session. */
const STALL_MS = 40_000;

const ledger = new Ledger();
const outcomes: Outcome[] = [];
let fleet: Fleet;

beforeAll(async () => {
  fleet = await Fleet.open();
  await fleet.startAll();
});
afterAll(async () => {
  await fleet.close();
  writeSection('1-processes', 'Processes', [CONDITIONS, '', ...outcomeTable(outcomes)]);
});

async function strike(fault: string, act: () => Promise<void>): Promise<void> {
  outcomes.push(await under(fleet, ledger, fault, act));
}

it('kill -9 of a counter', () =>
  strike('kill -9 of a counter', async () => {
    await fleet.kill(['counter-1']);
    await fleet.start(['counter-1']);
  }));

it('kill -9 of all counters', () =>
  strike('kill -9 of all counters', async () => {
    await fleet.kill(COUNTERS);
    await fleet.start(COUNTERS);
  }));

it('kill -9 of ingest', () =>
  strike('kill -9 of ingest', async () => {
    await fleet.kill(['ingest']);
    await fleet.start(['ingest']);
  }));

it('a counter that stands still for longer than its session', () =>
  strike(`SIGSTOP of a counter for ${STALL_MS / 1_000} s, then SIGCONT`, async () => {
    const stalled = fleet.process('counter-1');
    stalled.kill('SIGSTOP');
    await systemClock.sleep(STALL_MS);
    stalled.kill('SIGCONT');
  }));

it('a restart of every Kaiseki process', () =>
  strike('kill -9 and restart of every Kaiseki process', async () => {
    await fleet.kill();
    await fleet.startAll();
  }));

it('the audit finds no drift after all of that', async () => {
  expect(outcomes.length).toBeGreaterThan(0);
  await expectNoDrift(fleet);
});
