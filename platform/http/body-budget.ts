/** The bytes of all bodies that are in memory, with a limit: a thousand slow uploads must not fill it. */
import { overloaded } from './problem.ts';

export class BodyBudget {
  readonly limit_bytes: number;
  #held_bytes = 0;

  constructor(limit_bytes: number) {
    this.limit_bytes = limit_bytes;
  }

  get held_bytes(): number {
    return this.#held_bytes;
  }

  /** @throws HttpProblem (503) when there is no room */
  take(bytes: number): void {
    if (this.#held_bytes + bytes > this.limit_bytes) throw overloaded('Too many bodies are being read now.');
    this.#held_bytes += bytes;
  }

  give(bytes: number): void {
    this.#held_bytes -= bytes;
  }
}

/** What one body holds of the budget. */
export class HeldBytes {
  readonly #budget: BodyBudget;
  #bytes = 0;

  constructor(budget: BodyBudget) {
    this.#budget = budget;
  }

  /** @throws HttpProblem (503) when there is no room */
  take(bytes: number): void {
    this.#budget.take(bytes);
    this.#bytes += bytes;
  }

  giveAll(): void {
    this.#budget.give(this.#bytes);
    this.#bytes = 0;
  }
}
