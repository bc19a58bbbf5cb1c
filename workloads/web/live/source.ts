/** Where figures that change come from: being told (pushing.ts), asking again and again (polling.ts). */
import type { Problem } from '#workloads/web/api/problem.ts';

/** How a value came: the server told it by itself, or answered a question. */
export type HowHeard = 'told' | 'asked';

export interface LiveObserver<T> {
  /** A newer value. */
  next(value: T, heard: HowHeard): void;
  /** The source has trouble; it keeps trying, and the last value stays the last one known. */
  trouble(problem: Problem): void;
}

/** Starts to observe; the function returned ends it, after which the observer hears nothing more. */
export type LiveSource<T> = (observer: LiveObserver<T>) => () => void;
