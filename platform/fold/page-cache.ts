/** A bounded cache of pages, least recently used first out. Belongs to one claim of one shard. */
import type { Page } from './page.ts';

export class PageCache<State> {
  readonly #pages = new Map<string, Page<State>>();

  get size(): number {
    return this.#pages.size;
  }

  /** Marks a key's page as used now. False where it is not in the cache. */
  use(key: string): boolean {
    const page = this.#pages.get(key);
    if (!page) return false;
    this.#pages.delete(key);
    this.#pages.set(key, page);
    return true;
  }

  /** The page of a key that is in the cache. */
  get(key: string): Page<State> {
    const page = this.#pages.get(key);
    if (!page) throw new Error('a page was used that is not in the cache');
    return page;
  }

  set(key: string, page: Page<State>): void {
    this.#pages.set(key, page);
  }

  /** Forgets the pages used longest ago until at most `limit` are left. Only after every page was acknowledged. */
  trim(limit: number): void {
    for (const key of this.#pages.keys()) {
      if (this.#pages.size <= limit) return;
      this.#pages.delete(key);
    }
  }
}
