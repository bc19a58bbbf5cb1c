/** Random histories of the production fold, and the proof that they can fail. `npm run simulate` searches longer and replays. */
import { randomInt } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { runHistory } from './history.ts';
import { COUNTERPARTS } from './mutants/counterparts.ts';
import { loadMutant } from './mutants/mutant.ts';
import { MUTANTS } from './mutants/mutants.ts';
import { search } from './search.ts';
import { smallSystem } from './small-system.ts';
import { production } from './subject.ts';

const HISTORIES = 4_000;
/** A loaded machine runs fewer histories, not longer ones. */
const SEARCH_MS_MAX = 40_000;
const MUTANT_HISTORIES_MAX = 20_000;
/** The rarest take some thousand histories each: minutes on a loaded machine. */
const MUTANT_MS_MAX = 600_000;

describe('the production fold', () => {
  it('counts exactly, whatever happens', async () => {
    const firstSeed = Number(process.env.KAISEKI_SEED ?? randomInt(1_000_000_000));
    process.stderr.write(`fold histories from seed ${firstSeed} (KAISEKI_SEED=${firstSeed} repeats them)\n`);
    const until_ms = systemClock.monotonic_ms() + SEARCH_MS_MAX;
    const isOver = () => systemClock.monotonic_ms() > until_ms;
    const found = await search(smallSystem, production, { firstSeed, runs: HISTORIES, isOver });
    expect(found.runs).toBeGreaterThan(0);
    expect(found.smallest, 'npm run simulate -- --seed <seed> replays it').toBeUndefined();
  });

  it('does the same again from the same seed', async () => {
    for (const seed of [1, 2, 3]) {
      const [once, again]: [string[], string[]] = [[], []];
      const verdicts = [await runHistory(smallSystem, production, seed, once), await runHistory(smallSystem, production, seed, again)];
      expect(once.length).toBeGreaterThan(50);
      expect(again).toEqual(once);
      expect(verdicts[1]).toEqual(verdicts[0]);
    }
  });
});

describe('a mutant of the fold is caught', () => {
  const report: string[] = [];
  afterAll(() => process.stderr.write(`mutants of the fold, and the histories that it took to catch them:\n${report.join('\n')}\n`));

  it.each(MUTANTS)('$name: $breaks', { timeout: MUTANT_MS_MAX }, async (mutant) => {
    const found = await search(smallSystem, await loadMutant(mutant), { firstSeed: 1, runs: MUTANT_HISTORIES_MAX, untilWrong: true });
    report.push(`  ${mutant.name}: ${found.firstWrong}`);
    expect(found.smallest?.problems.length).toBeGreaterThan(0);
  });

  it('and every step that broke the model of the protocol has one, or a reason to have none', () => {
    const names = MUTANTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const [step, counterpart] of Object.entries(COUNTERPARTS)) {
      if ('mutant' in counterpart) expect(names, step).toContain(counterpart.mutant);
    }
  });

  it('and a patch that no longer fits the sources says so', async () => {
    const patch = { file: 'flush.ts', from: 'what the flush never said', to: '' };
    await expect(loadMutant({ name: 'unfit', breaks: 'nothing', patches: [patch] })).rejects.toThrow(/stands 0 times in flush.ts/);
    await expect(loadMutant({ name: 'lost', breaks: 'nothing', patches: [{ ...patch, file: 'gone.ts' }] })).rejects.toThrow(/gone.ts/);
  });
});
