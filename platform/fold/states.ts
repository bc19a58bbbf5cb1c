/** A bounded cache of key states, least recently used first out. Belongs to one claim of one shard. */
import type { KeyState } from './definition.ts';

export class StateCache<State extends KeyState> {
  readonly #states = new Map<string, State>();

  get size(): number {
    return this.#states.size;
  }

  /** Marks a key's state as used now. False where it is not in the cache. */
  use(key: string): boolean {
    const state = this.#states.get(key);
    if (!state) return false;
    this.#states.delete(key);
    this.#states.set(key, state);
    return true;
  }

  /** The state of a key that is in the cache. */
  get(key: string): State {
    const state = this.#states.get(key);
    if (!state) throw new Error('a state was used that is not in the cache');
    return state;
  }

  /** A key that was there keeps its age: each batch uses its keys once, whatever it sets them to. */
  set(key: string, state: State): void {
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
