/** Runs many histories and keeps the smallest that went wrong. */
import { runHistory, type Verdict } from './history.ts';
import type { Pipeline } from './pipeline.ts';
import type { Subject } from './subject.ts';

export interface SearchRequest {
  /** The seed of the first history; the others follow it. */
  readonly firstSeed: number;
  /** Histories at the most. */
  readonly runs: number;
  /** End with the first wrong history. */
  readonly untilWrong?: boolean;
  /** Asked between histories; true ends the search. */
  readonly isOver?: () => boolean;
  readonly progress?: (done: number) => void;
}

export interface SearchResult {
  /** Histories run. */
  readonly runs: number;
  readonly wrong: number;
  /** How many histories it took to find the first wrong one, counted in the order of their seeds. */
  readonly firstWrong: number | undefined;
  /** The wrong history with the fewest events. */
  readonly smallest: Verdict | undefined;
}

/** Histories under way at once: they share the turns of the event loop, which are what a history waits for. */
const AT_ONCE = 32;

export async function search(pipeline: Pipeline, subject: Subject, request: SearchRequest): Promise<SearchResult> {
  let runs = 0;
  let wrong = 0;
  let firstWrong: number | undefined;
  let smallest: Verdict | undefined;
  while (runs < request.runs && !request.isOver?.() && !(request.untilWrong && wrong > 0)) {
    const count = Math.min(AT_ONCE, request.runs - runs);
    const seeds = Array.from({ length: count }, (_, index) => request.firstSeed + runs + index);
    const verdicts = await Promise.all(seeds.map((seed) => runHistory(pipeline, subject, seed)));
    for (const [index, verdict] of verdicts.entries()) {
      if (verdict.problems.length === 0) continue;
      wrong++;
      firstWrong ??= runs + index + 1;
      if (!smallest || verdict.events < smallest.events) smallest = verdict;
    }
    runs += count;
    request.progress?.(runs);
  }
  return { runs, wrong, firstWrong, smallest };
}
