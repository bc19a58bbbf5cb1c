/** The proof that histories can go wrong: each mutant is caught. `npm run simulate -- --mutants` reports them. */
import { afterAll, describe, expect, it } from 'vitest';
import { search } from '../search.ts';
import { production } from '../subject.ts';
import { COUNTERPARTS_OF_FLOWS, COUNTERPARTS_OF_ONE } from './counterparts.ts';
import { loadMutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';

const HISTORIES_MAX = 20_000;
/** The rarest take some thousand histories each: minutes on a loaded machine. */
const SEARCH_MS_MAX = 600_000;

describe('a mutant is caught', () => {
  const report: string[] = [];
  afterAll(() => process.stderr.write(`mutants, and the histories that it took to catch them:\n${report.join('\n')}\n`));

  it.each(MUTANTS)('$name: $breaks', { timeout: SEARCH_MS_MAX }, async (mutant) => {
    const request = { firstSeed: 1, runs: HISTORIES_MAX, untilWrong: true };
    const found = await search(mutant.pipeline, await loadMutant(mutant), request);
    report.push(`  ${mutant.name}: ${found.firstWrong} of ${mutant.pipeline.name}`);
    expect(found.smallest?.problems.length).toBeGreaterThan(0);
  });

  it('and every step that broke a model of the protocol has one, or a reason to have none', () => {
    const names = MUTANTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const counterparts of [COUNTERPARTS_OF_ONE, COUNTERPARTS_OF_FLOWS]) {
      for (const [step, counterpart] of Object.entries(counterparts)) {
        if ('mutant' in counterpart) expect(names, step).toContain(counterpart.mutant);
      }
    }
  });

  it('and one without its mutation is not: with other causes, other totals and other joins allowed, the production folds are right', async () => {
    const loose = new Set(MUTANTS.map(({ pipeline }) => pipeline).filter((pipeline) => pipeline.isLoose));
    expect(loose.size).toBeGreaterThan(0);
    for (const pipeline of loose) expect((await search(pipeline, production, { firstSeed: 1, runs: 32 })).smallest).toBeUndefined();
  });

  it('and a patch that no longer fits the sources says so', async () => {
    const patch = { file: 'flush.ts', from: 'what the flush never said', to: '' };
    await expect(loadMutant({ name: 'unfit', breaks: 'nothing', patches: [patch] })).rejects.toThrow(/stands 0 times in flush.ts/);
    await expect(loadMutant({ name: 'lost', breaks: 'nothing', patches: [{ ...patch, file: 'gone.ts' }] })).rejects.toThrow(/gone.ts/);
  });
});
