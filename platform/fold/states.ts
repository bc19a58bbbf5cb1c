/** A bounded cache of key states, least recently used first out. Belongs to one claim of one shard. */
import type { KeyState } from './definition.ts';

export class StateCache<State extends KeyState> {
  readonly #states = new Map<string, State>();

  get size(): number {
    return this.#states.size;
  }

  has(key: string): boolean {
    return this.#states.has(key);
  }

  /** The state of a key that is in the cache. */
  get(key: string): State {
    const state = this.#states.get(key);
    if (!state) throw new Error('a state was used that is not in the cache');
    return state;
  }

  set(key: string, state: State): void {
    this.#states.delete(key);
    this.#states.set(key, state);
  }

  /** Forgets the states used longest ago until at most `limit` are left. Only after every state was acknowledged. */
  trim(limit: number): void {
    for (const key of this.#states.keys()) {
      if (this.#states.size <= limit) return;
      this.#states.delete(key);
    }
  }
}
