import { expect } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { runKaiseki } from '../../processes.testing.ts';
import type { Fleet } from './fleet.testing.ts';

const DAY_MS = 86_400_000;

/** The tests' orders are as old as this: `kaiseki daily` takes days only that are over. */
const ORDER_AGE_MS = 2 * DAY_MS;

/** When an order of these tests was made, as it says of itself. */
export function orderedNow(): string {
  return new Date(systemClock.now_ms() - ORDER_AGE_MS).toISOString();
}

/** The audit of `kaiseki daily` over every day that the orders of a test could be of: the totals equal the order log. */
export async function expectNoDrift({ generation }: Fleet): Promise<void> {
  const cut = new Intl.DateTimeFormat('en-CA', { timeZone: generation.environment.KAISEKI_TIME_ZONE });
  const [from, to] = [DAY_MS, 0].map((ago_ms) => cut.format(systemClock.now_ms() - ORDER_AGE_MS - ago_ms));
  expect(await runKaiseki(['daily', '--from', String(from), '--to', String(to), '--json'], generation.environment)).toContain('"drift":0');
}
