/** Random histories of the order stream's own fold under faults (platform/fold/simulator). */
import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { loadMutant } from '#platform/fold/simulator/mutants/mutant.ts';
import { MUTANTS } from '#platform/fold/simulator/mutants/mutants.ts';
import { search } from '#platform/fold/simulator/search.ts';
import { production, type Subject } from '#platform/fold/simulator/subject.ts';
import { simulatedOrders } from './orders-simulation.testing.ts';

const HISTORIES = 1_500;
const SEARCH_MS_MAX = 30_000;

it('counts every order exactly, whatever happens', async () => {
  const firstSeed = Number(process.env.KAISEKI_SEED ?? randomInt(1_000_000_000));
  process.stderr.write(`histories of the orders' fold from seed ${firstSeed} (KAISEKI_SEED=${firstSeed} repeats them)\n`);
  const until_ms = systemClock.monotonic_ms() + SEARCH_MS_MAX;
  const isOver = () => systemClock.monotonic_ms() > until_ms;
  const found = await search(simulatedOrders, production, { firstSeed, runs: HISTORIES, isOver });
  expect(found.runs).toBeGreaterThan(0);
  expect(found.smallest, 'npm run simulate -- --pipeline orders --seed <seed> replays it').toBeUndefined();
});

it('would notice an order that is not written', async () => {
  const forgetful: Subject = {
    ...production,
    define: (definition) => ({
      ...definition,
      eventRows: (events, shard, epoch) => definition.eventRows?.(events.slice(1), shard, epoch) ?? [],
    }),
  };
  const found = await search(simulatedOrders, forgetful, { firstSeed: 1, runs: 100, untilWrong: true });
  expect(found.smallest?.problems.join()).toMatch(/a row is missing: (order_log|raw_orders|day_chunks)/);
});

it('would notice a page that a redone order completes, and that is not written again', async () => {
  const mutant = MUTANTS.find(({ name }) => name === 'redo-completes-nothing');
  if (!mutant) throw new Error('there is no such mutant');
  const found = await search(simulatedOrders, await loadMutant(mutant), { firstSeed: 1, runs: 4_000, untilWrong: true });
  expect(found.smallest?.problems.join()).toMatch(/a row is missing: raw_orders/);
});
