/**
 * How much the shards of a process do at once, of all its folds together: records in flushes, claims (budget.ts).
 */
export class Room {
  /** Units at once. */
  readonly limit: number;
  #taken = 0;
  /** First come, first served, so that a large one is not overtaken for ever. At most one of each shard waits. */
  readonly #waiting: Waiting[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Units that are taken now. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Waits until there is room for so many units, which is left by disposing of what it resolves with. More than the limit go
   * alone. Undefined when the signal aborts first.
   */
  enter(units: number, signal: AbortSignal): Promise<Disposable | undefined> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(undefined);
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        this.#admit();
        resolve(undefined);
      };
      const waiting: Waiting = {
        units,
        admit: () => {
          signal.removeEventListener('abort', giveUp);
          resolve({ [Symbol.dispose]: () => this.#leave(units) });
        },
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(waiting);
      this.#admit();
    });
  }

  #leave(units: number): void {
    this.#taken -= units;
    this.#admit();
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && (this.#taken === 0 || this.#taken + next.units <= this.limit); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#taken += next.units;
      next.admit();
    }
  }
}

interface Waiting {
  readonly units: number;
  readonly admit: () => void;
}
