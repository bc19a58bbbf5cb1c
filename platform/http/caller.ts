/** Who asks, as far as the check of keys and tokens (access.ts) has found out: for handlers and for the log. */
import type { ParameterizedContext } from 'koa';

/** Takes back what was counted of records that were not accepted after all: one entry for each, the name of its user. */
export type GiveBack = (users: readonly string[]) => void;

export interface Caller {
  /** As the log shows it; no secret. Undefined where nobody was asked for a key. */
  readonly name?: string;
  /** The user that an ID token names: whatever is sent is sent by them. */
  readonly subject?: string;
  /**
   * Counts what a page sends in the name of these users, one entry for each record. Absent where nothing is counted.
   * @throws HttpProblem 429 where it is too much
   */
  readonly admit?: (users: readonly string[]) => GiveBack;
  /** Counts records that are not valid, where `admit` is. */
  readonly charge?: (records: number) => void;
}

const ANYBODY: Caller = {};
const CALLER = 'caller';

export function callerOf(context: ParameterizedContext): Caller {
  return context.state[CALLER] ?? ANYBODY;
}

export function setCaller(context: ParameterizedContext, caller: Caller): void {
  context.state[CALLER] = caller;
}
