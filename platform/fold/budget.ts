/**
 * What the folds of one process share. Limits of a shard alone would add up: `kaiseki all` owns every shard of every fold.
 */
import { Room } from './room.ts';

export interface BudgetLimits {
  /**
   * Records in the flushes that are under way. A shard that is far behind flushes as many as it may, each perhaps of another key:
   * without this limit, what all shards read and write would be in memory at the same time, and a process that comes back after an
   * outage would die of the very work that waits for it (decision 10).
   */
  readonly recordsInFlushes: number;
  /** Pages kept between flushes: each claimed shard may keep an equal share. */
  readonly cachedPages: number;
  /** Claims at the same time: after a restart they come one after the other, not all in the same instant. */
  readonly claimsAtOnce: number;
}

export class FoldBudget {
  readonly flushes: Room;
  readonly claims: Room;
  readonly pages: PageBudget;

  constructor(limits: BudgetLimits) {
    this.flushes = new Room(limits.recordsInFlushes);
    this.claims = new Room(limits.claimsAtOnce);
    this.pages = new PageBudget(limits.cachedPages);
  }
}

/** The part of a claimed shard in the pages that a process keeps. */
export interface PageShare extends Disposable {
  /** So many pages may be kept now: fewer where more shards are claimed. */
  readonly limit: number;
  /** So many are kept. */
  note(pages: number): void;
}

class PageBudget {
  readonly limit: number;
  readonly #kept = new Map<PageShare, number>();

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Pages that are kept between flushes now. */
  get kept(): number {
    return this.#kept.values().reduce((sum, pages) => sum + pages, 0);
  }

  /** A share for one claim. Dispose of it with the claim. */
  join(): PageShare {
    const kept = this.#kept;
    const { limit } = this;
    const share: PageShare = {
      get limit() {
        return Math.floor(limit / Math.max(1, kept.size));
      },
      note(pages) {
        if (kept.has(share)) kept.set(share, pages);
      },
      [Symbol.dispose]: () => kept.delete(share),
    };
    kept.set(share, 0);
    return share;
  }
}
