/** Calls of a simulated owner: what they are made of, and how they may end. */

/** Thrown by a call that was given up: whether it was applied, or will be, is unknown. */
class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

/** One for all: to make an error takes longer than most calls do. */
export const UNANSWERED = new Unanswered('no answer came');

/** What share of the odds' faults falls to a call. Where a failure only makes the owner begin again, fewer of them fail. */
export const SHARES = { read: 0.1, claim: 0.3, append: 0.5, write: 1 } as const;
export type CallKind = keyof typeof SHARES;

/** Something that the owner's code waits for. */
export interface Wait {
  readonly label: () => string;
  readonly ready: () => boolean;
  readonly finish: () => void;
  /** Gives it up; absent where waiting cannot fail. */
  readonly giveUp?: () => void;
  /** Nothing but giving up will end it. */
  lost: boolean;
  /** What share of the odds' faults falls to it. */
  readonly share: number;
}

/** A part of a call, which arrives by itself. */
export interface Part<T> {
  readonly label: () => string;
  readonly apply: () => T;
  /** A remark on the answer for the trace. */
  readonly remark?: (answer: T) => string;
}
