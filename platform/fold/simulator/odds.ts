/**
 * What a history is like: every one has its own odds, so that rare combinations are common in some of them ("swarm
 * testing", Groce et al., ISSTA 2012).
 */

import type { Random } from '#platform/random/random.ts';
import type { FoldLimits } from '../limits.ts';
import { pick } from './pick.ts';

export interface Odds {
  /** Scheduler steps before the world becomes calm. */
  readonly steps: number;
  /** Owners that may be assigned a shard before that. */
  readonly owners_max: number;
  /** At a step, a record is appended: owners wait for the next one, or have much to catch up with. */
  readonly append: number;
  /** A part of a call, or all of it, is slow. */
  readonly slow: number;
  /** A part of a call arrives, but nobody hears of it. */
  readonly lossy: number;
  /** At a step, a message never arrives. */
  readonly drop: number;
  /** An owner gives up a call that it waits for, at a turn of its. */
  readonly timeout: number;
  /** At a step, a shard is assigned to a new owner. */
  readonly assign: number;
  /** The new owner's predecessors and their messages stall. */
  readonly stall: number;
  /** An owner hears, at a turn of its, that its shard is another's. */
  readonly revoke: number;
  /** Before an emission, offsets are left out. */
  readonly gap: number;
  /** At a step, the time jumps, as it seems to whoever lags behind. */
  readonly jump: number;
  /** A sleep ends, at a turn of its owner's. */
  readonly wake: number;
  /** The most that the clock of an owner is ahead of another's, in milliseconds. */
  readonly skew_ms: number;
  /** The menu grows while the history runs. */
  readonly menuGrows: boolean;
}

export function drawOdds(random: Random): Odds {
  // Where calls hardly ever fail, owners that were overtaken get further before they notice.
  const failing = pick(random, [0.05, 1]);
  return {
    steps: 300 + random.below(pick(random, [1000, 4000])),
    owners_max: 3 + random.below(5),
    append: pick(random, [0.03, 0.1, 0.3]),
    slow: pick(random, [0.05, 0.15, 0.4]),
    lossy: failing * pick(random, [0.02, 0.12]),
    drop: failing * pick(random, [0.002, 0.02]),
    timeout: failing * pick(random, [0.003, 0.02, 0.08]),
    assign: pick(random, [0.002, 0.004, 0.008]),
    stall: random.fraction(),
    revoke: pick(random, [0, 0.005, 0.05]),
    gap: pick(random, [0, 0, 0.1]),
    jump: pick(random, [0, 0.005, 0.03]),
    wake: pick(random, [0.02, 0.2, 1]),
    skew_ms: pick(random, [0, 1_000]),
    menuGrows: random.chance(0.5),
  };
}

/**
 * Limits small enough that every one of them is met within a few records. Keys leave the cache sooner than days do: who
 * reads a day learns that the shard is another's, before it could read a page that the other has written.
 */
export function drawLimits(random: Random): FoldLimits {
  return {
    flushRecords: pick(random, [1, 2, 4, 8]),
    linger_ms: 200,
    cachedPages: pick(random, [0, 0, 1, 2]),
    cachedPeriods: random.below(3),
    attempts: pick(random, [1, 2, 3, 5]),
    backoff_ms_min: 50,
    backoff_ms_max: 90,
  };
}
