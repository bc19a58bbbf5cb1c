/** A fault that strikes in the middle of a replay, and what came of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { table } from '../../../tools/faults/report.testing.ts';
import { startKaiseki, type TestProcess } from '../../processes.testing.ts';
import type { Fleet } from './fleet.testing.ts';
import type { Ledger } from './ledger.testing.ts';

export interface Outcome {
  readonly fault: string;
  readonly accepted: number;
  readonly lost: number;
  readonly doubled: number;
  readonly uncertain: number;
  readonly moved_s: number;
}

const RATE = 500;
const ORDERS = 8_000;
/** How far into the replay a fault strikes. */
const STRIKE_MS = 4_000;
const MOVE_MS_MAX = 240_000;

/** What every table of outcomes needs to be read. */
export const CONDITIONS = `${ORDERS} orders at ${RATE}/s a fault, which strikes after ${STRIKE_MS / 1_000} s, but not before orders are counted; a fifth are of one user, 5 % are sent twice.`;

/** Replays orders, lets the fault strike in the middle, and holds what is counted against what was answered with 202. */
export async function under(fleet: Fleet, ledger: Ledger, fault: string, strike: () => Promise<void>): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'kaiseki-faults-'));
  let replay: TestProcess | undefined;
  try {
    const record = join(directory, 'sent.ndjson');
    const stream = `--orders ${ORDERS} --rate ${RATE} --batch 20 --users 2000 --hot 0.2 --duplicates 0.05`.split(' ');
    replay = startKaiseki(['replay', '--url', fleet.ingestUrl, ...stream, '--record', record], fleet.generation.environment);
    // Not before orders are counted: what was just started may take longer.
    await Promise.all([systemClock.sleep(STRIKE_MS), untilTotalsMove(fleet)]);
    const [moved_ms] = await Promise.all([untilTotalsMove(fleet), strike()]);
    await replay.ended();
    const told = ledger.takeRecord(record);
    const outcome = { fault, ...told, ...(await ledger.settle(fleet)), moved_s: Math.round(moved_ms / 100) / 10 };
    expect(outcome).toMatchObject({ fault, lost: 0, doubled: 0 });
    expect(outcome.accepted, replay.output.join('\n')).toBeGreaterThan(0);
    return outcome;
  } finally {
    // It still sends where the fault could not be undone.
    replay?.kill('SIGKILL');
    await replay?.ended();
    rmSync(directory, { recursive: true });
  }
}

/** Milliseconds until the totals are above what they were a moment after the call. */
async function untilTotalsMove(fleet: Fleet): Promise<number> {
  const struck_ms = systemClock.monotonic_ms();
  await systemClock.sleep(500);
  let before: number | undefined;
  while (systemClock.monotonic_ms() - struck_ms < MOVE_MS_MAX) {
    const now = await fleet.counted();
    if (before !== undefined && now !== undefined && now > before) break;
    before ??= now;
    await systemClock.sleep(100);
  }
  return systemClock.monotonic_ms() - struck_ms;
}

export function outcomeTable(outcomes: readonly Outcome[]): string[] {
  return table(
    ['fault', 'accepted', 'lost', 'doubled', 'without an answer', 'seconds until totals moved'],
    outcomes.map((one) => [one.fault, one.accepted, one.lost, one.doubled, one.uncertain, one.moved_s]),
  );
}
