import { expect } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { runKaiseki } from '../../processes.testing.ts';
import type { Fleet } from './fleet.testing.ts';

const DAY_MS = 86_400_000;

/** The audit of `kaiseki daily` over every day that a test could have begun on: the totals equal the order log. */
export async function expectNoDrift({ generation }: Fleet): Promise<void> {
  const cut = new Intl.DateTimeFormat('en-CA', { timeZone: generation.environment.KAISEKI_TIME_ZONE });
  const [from, to] = [DAY_MS, 0].map((ago_ms) => cut.format(systemClock.now_ms() - ago_ms));
  expect(await runKaiseki(['daily', '--from', String(from), '--to', String(to), '--json'], generation.environment)).toContain('"drift":0');
}
