/** Random histories of production folds. `npm run simulate` searches longer and replays; mutants/ proves that they can go wrong. */
import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { runHistory } from './history.ts';
import { search } from './search.ts';
import { PIPELINES } from './small/pipelines.ts';
import { production } from './subject.ts';

/** For each pipeline: a third of the minute that all of them get. A loaded machine runs fewer histories, not longer ones. */
const SEARCH_MS = 20_000;
const HISTORIES_MAX = 1_000_000;

describe('the production folds of', () => {
  it.each(PIPELINES)('$name count exactly, whatever happens', async (pipeline) => {
    const firstSeed = Number(process.env.KAISEKI_SEED ?? randomInt(1_000_000_000));
    const until_ms = systemClock.monotonic_ms() + SEARCH_MS;
    const isOver = () => systemClock.monotonic_ms() > until_ms;
    const found = await search(pipeline, production, { firstSeed, runs: HISTORIES_MAX, isOver });
    process.stderr.write(`${found.runs} histories of ${pipeline.name} from seed ${firstSeed} (KAISEKI_SEED=${firstSeed} repeats them)\n`);
    expect(found.runs).toBeGreaterThan(0);
    expect(found.smallest, `npm run simulate -- --pipeline ${pipeline.name} --seed <seed> replays it`).toBeUndefined();
  });

  it.each(PIPELINES)('$name do the same again from the same seed', async (pipeline) => {
    for (const seed of [1, 2, 3]) {
      const [once, again]: [string[], string[]] = [[], []];
      const verdicts = [await runHistory(pipeline, production, seed, once), await runHistory(pipeline, production, seed, again)];
      expect(once.length).toBeGreaterThan(50);
      expect(again).toEqual(once);
      expect(verdicts[1]).toEqual(verdicts[0]);
    }
  });
});
