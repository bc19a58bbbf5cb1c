/**
 * How many records the flushes of a process hold at once, those of all its shards together. A shard that is far behind flushes
 * as many as it may, each perhaps of another key. Without this limit what all shards read and write were in memory at the same
 * time, and a counter that comes back after an outage would die of the very work that waits for it (decision 10).
 */
export class FlushRoom {
  /** Records at once. */
  readonly limit: number;
  #taken = 0;
  /** First come, first served, so that a full flush is not overtaken for ever. At most one of each shard waits. */
  readonly #waiting: Waiting[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Records that are in flushes now. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Waits until there is room for so many records, which is left by disposing of what it resolves with. More than the limit go
   * alone. Undefined when the signal aborts first.
   */
  enter(records: number, signal: AbortSignal): Promise<Disposable | undefined> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(undefined);
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        this.#admit();
        resolve(undefined);
      };
      const waiting: Waiting = {
        records,
        admit: () => {
          signal.removeEventListener('abort', giveUp);
          resolve({ [Symbol.dispose]: () => this.#leave(records) });
        },
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(waiting);
      this.#admit();
    });
  }

  #leave(records: number): void {
    this.#taken -= records;
    this.#admit();
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && (this.#taken === 0 || this.#taken + next.records <= this.limit); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#taken += next.records;
      next.admit();
    }
  }
}

interface Waiting {
  readonly records: number;
  readonly admit: () => void;
}
